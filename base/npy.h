#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

/// Whether bytes begin as a NumPy array file does.
bool is_npy(std::string_view bytes);

/// How a NumPy file holds an array: `|u1`, `<f4`, .. one after another from byte `begin`.
struct NpyLayout {
  std::string type;
  std::size_t element_bytes = 1;
  std::vector<std::int64_t> extents;
  bool is_fortran = false;  // the first index runs fastest
  std::size_t begin = 0;
};

/// The layout of an array of whole or real numbers (NEP 1, versions 1 to 3), checked against the
/// bytes that there are. A UserError begins with `path`; of other elements it says that `right`
/// would be right.
NpyLayout npy_layout(const std::string& path, std::string_view bytes, std::string_view right);

/// Element `index` of the bytes from NpyLayout::begin on.
double npy_value(const NpyLayout& layout, std::string_view bytes, std::size_t index);

/// Numbers by row: rows of one number where an array has one dimension.
struct NumberArray {
  std::size_t dimensions = 1;
  std::vector<std::vector<double>> rows;
};

/// The array in a NumPy file of one or two dimensions. A UserError begins
/// with `path` where the file is cut off, or holds something else than whole or real numbers.
NumberArray parse_npy(const std::string& path, std::string_view bytes);

}  // namespace bitloom
