#include "reports/npy.h"

#include <bit>
#include <cstring>
#include <functional>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace bitloom::reports {
namespace {

static_assert(std::endian::native == std::endian::little,
              "arrays are written as they lie in memory");

/// Magic, version, and a header padded with spaces so that the data starts at a multiple of 64 (NEP
/// 1).
std::string header(std::string_view type, const std::vector<std::size_t>& shape) {
  constexpr std::size_t kPreamble = 10;
  constexpr std::size_t kAlignment = 64;
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}",
                                 type, fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  const std::size_t unpadded = kPreamble + text.size() + 1;
  text.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  text += '\n';
  std::string result("\x93NUMPY\x01\x00", 8);
  result += static_cast<char>(text.size() & 0xff);
  result += static_cast<char>(text.size() >> 8);
  return result + text;
}

template <class Value>
std::string array_file(std::string_view type, const std::vector<Value>& values,
                       const std::vector<std::size_t>& shape) {
  ensure(values.size() ==
             std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>()),
         "an array has as many values as its shape says");
  std::string file = header(type, shape);
  const std::size_t start = file.size();
  file.resize(start + values.size() * sizeof(Value));
  std::memcpy(file.data() + start, values.data(), values.size() * sizeof(Value));
  return file;
}

}  // namespace

std::string npy(const std::vector<std::int64_t>& values, const std::vector<std::size_t>& shape) {
  return array_file("<i8", values, shape);
}

std::string npy(const std::vector<double>& values, const std::vector<std::size_t>& shape) {
  return array_file("<f8", values, shape);
}

}  // namespace bitloom::reports
