#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom::graph {

/// Shape of one image's tensor: {channels, height, width} or {features}. The batch is not part of
/// it.
using Shape = std::vector<std::int64_t>;

struct Extent {
  std::int64_t height = 1;
  std::int64_t width = 1;
  bool operator==(const Extent&) const = default;
};

/// Rows and columns of {channels, height, width}.
inline Extent extent_of(const Shape& shape) { return {shape[1], shape[2]}; }

/// Elements of a tensor of that shape.
std::int64_t size_of(const Shape& shape);

/// {channels, height, width} as text: `32x112x112`.
std::string to_text(const Shape& shape);

/// A UserError unless `shape` is {channels, height, width}.
void require_image(const Shape& shape);

/// Keeps products such as channels * height * width * kernel far from overflow.
constexpr std::int64_t kMostPerDimension = 1 << 20;

/// A UserError, which calls it `what`, unless `value` is in [1, kMostPerDimension].
void require_dimension(std::int64_t value, std::string_view what);

}  // namespace bitloom::graph
