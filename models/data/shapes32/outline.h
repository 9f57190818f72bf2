#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bitloom::data::shapes32 {

constexpr std::int64_t kSide = 32;
constexpr std::int64_t kPixels = kSide * kSide;

/// One value for each pixel, row by row.
using Plane = std::array<float, kPixels>;

/// The classes, in the order of their labels.
constexpr std::array<std::string_view, 10> kShapes{
    "disc", "ring", "square", "triangle", "cross", "star", "crescent", "bars", "dome", "chevron"};

/// Where a shape lies: its own coordinates of pixel (x, y), in which it reaches to about 1, are
/// (xx (x - centre_x) + xy (y - centre_y), yx (x - centre_x) + yy (y - centre_y)).
struct Placement {
  float centre_x = 0;
  float centre_y = 0;
  float radius = 1;  // pixels to a unit of its own coordinates
  float xx = 1, xy = 0, yx = 0, yy = 1;
};

struct Rows {
  std::int64_t begin, end;
};

/// The rows of the image that a shape can reach.
Rows rows_of(const Placement& placement);

/// The share of each pixel that shape `label` covers, 0 to 1; writes the rows that it can reach.
void cover(std::int64_t label, const Placement& placement, Plane& coverage);

}  // namespace bitloom::data::shapes32
