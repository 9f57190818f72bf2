#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bitloom::reports {

/// A NumPy array file (format version 1.0), little-endian and in C order: `numpy.load` reads it.
/// `values` has as many elements as the product of `shape`.
std::string npy(const std::vector<std::int64_t>& values, const std::vector<std::size_t>& shape);
std::string npy(const std::vector<double>& values, const std::vector<std::size_t>& shape);

}  // namespace bitloom::reports
