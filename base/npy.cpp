#include "base/npy.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"

namespace bitloom {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are read as they lie in memory");

constexpr std::string_view kMagic("\x93NUMPY", 6);

template <class Value>
double widened(const char* bytes) {
  Value value;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<double>(value);
}

struct Element {
  std::string_view name;
  std::size_t bytes;
  double (*widen)(const char*);
};

constexpr Element kElements[] = {
    {"|i1", 1, widened<std::int8_t>},  {"|u1", 1, widened<std::uint8_t>},
    {"<i2", 2, widened<std::int16_t>}, {"<u2", 2, widened<std::uint16_t>},
    {"<i4", 4, widened<std::int32_t>}, {"<u4", 4, widened<std::uint32_t>},
    {"<i8", 8, widened<std::int64_t>}, {"<u8", 8, widened<std::uint64_t>},
    {"<f4", 4, widened<float>},        {"<f8", 8, widened<double>},
};

/// What follows `'key':` in a header up to one of `ends`.
std::optional<std::string_view> entry(std::string_view header, std::string_view key,
                                      std::string_view ends) {
  const std::size_t at = header.find(key);
  if (at == std::string_view::npos) return {};
  const std::size_t begin = header.find_first_not_of(" '(", at + key.size());
  const std::size_t end = header.find_first_of(ends, begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) return {};
  return header.substr(begin, end - begin);
}

/// The numbers of `3, 2` and of `3,`; nothing where it is something else.
std::optional<std::vector<std::int64_t>> extents_of(std::string_view text) {
  constexpr std::int64_t kMost = std::int64_t{1} << 40;
  std::vector<std::int64_t> extents;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const auto extent = parse_integer(text.substr(0, comma), 0, kMost);
    if (!extent) return {};
    extents.push_back(*extent);
    text.remove_prefix(std::min(comma + 1, text.size()));
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  return extents;
}

const Element* element_of(std::string_view type) {
  const Element* found = std::find_if(std::begin(kElements), std::end(kElements),
                                      [&](const Element& each) { return each.name == type; });
  return found == std::end(kElements) ? nullptr : found;
}

/// Whether `count` bytes are all that an array of `extents` has.
bool has_all(const std::vector<std::int64_t>& extents, std::size_t element_bytes,
             std::size_t count) {
  constexpr std::int64_t kMostOfNothing = 1 << 20;
  auto bytes = static_cast<std::int64_t>(element_bytes);
  for (const std::int64_t extent : extents)
    if (__builtin_mul_overflow(bytes, extent, &bytes)) return false;
  if (bytes == 0 && *std::max_element(extents.begin(), extents.end()) > kMostOfNothing)
    return false;
  return static_cast<std::size_t>(bytes) == count;
}

}  // namespace

bool is_npy(std::string_view bytes) { return bytes.starts_with(kMagic); }

NpyLayout npy_layout(const std::string& path, std::string_view bytes, std::string_view right) {
  const UserError broken(path + ": is no NumPy array file, or cut off");
  constexpr std::size_t kVersionEnd = 8;
  if (!is_npy(bytes) || bytes.size() < kVersionEnd + 4) throw broken;
  const bool is_first_version = bytes[kMagic.size()] == 1;  // whose header's length has 16 bits
  const std::size_t header_begin = kVersionEnd + (is_first_version ? 2 : 4);
  const auto header_bytes =
      static_cast<std::size_t>(is_first_version ? widened<std::uint16_t>(&bytes[kVersionEnd])
                                                : widened<std::uint32_t>(&bytes[kVersionEnd]));
  if (header_bytes > bytes.size() - header_begin) throw broken;
  const std::string_view header = bytes.substr(header_begin, header_bytes);
  const auto type = entry(header, "'descr':", "',");
  const auto order = entry(header, "'fortran_order':", ",}");
  const auto shape = entry(header, "'shape':", ")");
  const auto extents = shape ? extents_of(*shape) : std::nullopt;
  if (!type || !order || !extents) throw broken;
  const Element* element = element_of(*type);
  if (element == nullptr)
    throw UserError(path + ": holds elements of type '" + excerpt(*type) + "'; " +
                    std::string(right) + " would be right");
  NpyLayout layout{.type = std::string(*type),
                   .element_bytes = element->bytes,
                   .extents = *extents,
                   .is_fortran = *order == "True",
                   .begin = header_begin + header_bytes};
  if (!has_all(layout.extents, layout.element_bytes, bytes.size() - layout.begin)) throw broken;
  return layout;
}

double npy_value(const NpyLayout& layout, std::string_view bytes, std::size_t index) {
  return element_of(layout.type)->widen(bytes.data() + layout.begin + index * layout.element_bytes);
}

NumberArray parse_npy(const std::string& path, std::string_view bytes) {
  const NpyLayout layout =
      npy_layout(path, bytes, "whole or real numbers, as of numpy.array(policy, dtype=int),");
  const std::size_t dimensions = layout.extents.size();
  if (dimensions == 0 || dimensions > 2) {
    std::string shape;
    for (const std::int64_t extent : layout.extents)
      shape += (shape.empty() ? "" : ", ") + std::to_string(extent);
    throw UserError(path + ": must have one or two dimensions, got (" + shape + ")");
  }
  const auto rows = static_cast<std::size_t>(layout.extents.front());
  const auto columns = dimensions == 2 ? static_cast<std::size_t>(layout.extents.back()) : 1;
  NumberArray array{dimensions, std::vector(rows, std::vector<double>(columns))};
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c)
      array.rows[r][c] =
          npy_value(layout, bytes, layout.is_fortran ? c * rows + r : r * columns + c);
  return array;
}

}  // namespace bitloom
