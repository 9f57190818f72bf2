#include "models/graph/shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace bitloom::graph {

std::int64_t size_of(const Shape& shape) {
  std::int64_t size = 1;
  for (const std::int64_t dimension : shape) size *= dimension;
  return size;
}

std::string to_text(const Shape& shape) { return fmt::format("{}", fmt::join(shape, "x")); }

void require_image(const Shape& shape) {
  if (shape.size() != 3)
    throw UserError(fmt::format("takes {{channels, height, width}}, got {}", to_text(shape)));
}

void require_dimension(std::int64_t value, std::string_view what) {
  if (value < 1 || value > kMostPerDimension)
    throw UserError(fmt::format("{} must be in [1, {}], got {}", what, kMostPerDimension, value));
}

}  // namespace bitloom::graph
