#include "models/data/shapes32/outline.h"

#include <cmath>

#include "base/error.h"

namespace bitloom::data::shapes32 {
namespace {

// Signed distances to the outlines, in the shape's own coordinates: negative inside. Where a corner
// is near they are distances to the nearest side's line, which is what one pixel's coverage needs.

// By value: loops over std::min and std::max, which return references, stay scalar (g++ 12).
float smaller(float a, float b) { return a < b ? a : b; }
float larger(float a, float b) { return a > b ? a : b; }

float length(float x, float y) { return std::sqrt(x * x + y * y); }

float box(float x, float y, float half_width, float half_height) {
  return larger(std::abs(x) - half_width, std::abs(y) - half_height);
}

float disc(float x, float y) { return length(x, y) - 0.9f; }
float ring(float x, float y) { return std::abs(length(x, y) - 0.72f) - 0.25f; }
float square(float x, float y) { return box(x, y, 0.8f, 0.8f); }
float cross(float x, float y) { return smaller(box(x, y, 1.0f, 0.3f), box(x, y, 0.3f, 1.0f)); }
float bars(float x, float y) { return box(std::abs(x) - 0.6f, y, 0.27f, 0.95f); }
float dome(float x, float y) { return larger(length(x, y + 0.4f) - 1.05f, -0.4f - y); }

float triangle(float x, float y) {
  constexpr float kHalf = 0.5f, kRoot = 0.8660254f;  // cos and sin of 60 degrees
  return larger(-y, kHalf * y + kRoot * std::abs(x)) - 0.55f;
}

float crescent(float x, float y) {
  return larger(length(x, y) - 1.0f, 0.78f - length(x - 0.5f, y));
}

float chevron(float x, float y) {
  constexpr float kSlope = 0.7071068f;
  const float along = kSlope * (std::abs(x) - y), across = kSlope * (std::abs(x) + y);
  return larger(std::abs(across - 0.1f) - 0.3f, along - 0.95f);
}

/// The pentagram: inside four of the five half-planes.
float star(float x, float y) {
  constexpr float kNormals[5][2] = {{0.0f, 1.0f},
                                    {0.9510565f, 0.3090170f},
                                    {0.5877853f, -0.8090170f},
                                    {-0.5877853f, -0.8090170f},
                                    {-0.9510565f, 0.3090170f}};
  float largest = -10.0f, second = -10.0f;
  for (const auto& normal : kNormals) {
    const float side = normal[0] * x + normal[1] * y;
    second = larger(second, smaller(largest, side));
    largest = larger(largest, side);
  }
  return second - 0.36f;
}

template <class Distance>
void cover_by(Distance distance, Placement at, Plane& coverage) {
  const Rows rows = rows_of(at);
  for (std::int64_t row = rows.begin; row < rows.end; ++row) {
    const float dy = static_cast<float>(row) - at.centre_y;
    float* out = coverage.data() + row * kSide;
    for (int column = 0; column < kSide; ++column) {
      const float dx = static_cast<float>(column) - at.centre_x;
      const float pixels = at.radius * distance(at.xx * dx + at.xy * dy, at.yx * dx + at.yy * dy);
      out[column] = smaller(larger(0.5f - pixels, 0.0f), 1.0f);
    }
  }
}

}  // namespace

Rows rows_of(const Placement& at) {
  // The bars' corners lie 1.29 from the centre; a placement stretches by at most 1.25.
  const float reach = 1.65f * at.radius + 1.0f;
  const auto row = [](float y) {
    return static_cast<std::int64_t>(smaller(larger(y, 0.0f), static_cast<float>(kSide)));
  };
  return {row(at.centre_y - reach), row(at.centre_y + reach + 1.0f)};
}

void cover(std::int64_t label, const Placement& at, Plane& coverage) {
  const auto by = [&](auto distance) { cover_by(distance, at, coverage); };
  switch (label) {
    case 0:
      return by([](float x, float y) { return disc(x, y); });
    case 1:
      return by([](float x, float y) { return ring(x, y); });
    case 2:
      return by([](float x, float y) { return square(x, y); });
    case 3:
      return by([](float x, float y) { return triangle(x, y); });
    case 4:
      return by([](float x, float y) { return cross(x, y); });
    case 5:
      return by([](float x, float y) { return star(x, y); });
    case 6:
      return by([](float x, float y) { return crescent(x, y); });
    case 7:
      return by([](float x, float y) { return bars(x, y); });
    case 8:
      return by([](float x, float y) { return dome(x, y); });
    case 9:
      return by([](float x, float y) { return chevron(x, y); });
  }
  throw InternalError("shapes32 has ten shapes");
}

}  // namespace bitloom::data::shapes32
