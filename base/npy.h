#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

/// Whether bytes begin as a NumPy array file does.
bool is_npy(std::string_view bytes);

/// Numbers by row: rows of one number where an array has one dimension.
struct NumberArray {
  std::size_t dimensions = 1;
  std::vector<std::vector<double>> rows;
};

/// The array in a NumPy file (NEP 1, versions 1 to 3) of one or two dimensions. A UserError begins
/// with `path` where the file is cut off, or holds something else than whole or real numbers.
NumberArray parse_npy(const std::string& path, std::string_view bytes);

}  // namespace bitloom
