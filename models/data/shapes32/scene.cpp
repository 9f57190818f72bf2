#include "models/data/shapes32/scene.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/data/shapes32/outline.h"
#include "models/data/shapes32/texture.h"

namespace bitloom::data::shapes32 {
namespace {

// What makes the shapes hard to tell apart, tuned before any network was quantized (README.md).
// Colours are 0 to 1, lengths pixels.
constexpr float kSmallestRadius = 5.25f, kLargestRadius = 10.75f;
constexpr float kBrightestBackground = 0.675f,
                kDarkestShape = 0.325f;  // of a surface's first colour
constexpr float kLeastContrast =
    0.225f;  // of the mean colours of shape and background, any channel
constexpr float kTextureContrast =
    0.325f;  // between a surface's two colours, each channel, at most
constexpr std::uint32_t kMostFragments = 4;  // pieces of other shapes behind
constexpr std::uint32_t kMostOccluders = 2;  // pieces before
constexpr float kMostNoise = 0.17f;          // half the width of the triangular noise of a channel
constexpr float kMostShading = 0.5f;         // loss or gain of light from the centre to the border

using Colour = std::array<float, 3>;

struct Surface {
  Colour first, second;

  /// The mixture of both, all of the second at 1.
  Colour at(float mixture) const {
    Colour colour;
    for (std::size_t c = 0; c < 3; ++c) colour[c] = first[c] + (second[c] - first[c]) * mixture;
    return colour;
  }
};

/// Two colours; the first's channels lie in [low, high].
Surface draw_surface(CounterRandom& random, float low, float high) {
  Surface surface;
  for (std::size_t c = 0; c < 3; ++c) {
    surface.first[c] = random.between(low, high);
    surface.second[c] = std::min(
        std::max(surface.first[c] + random.between(-kTextureContrast, kTextureContrast), 0.0f),
        1.0f);
  }
  return surface;
}

float contrast_of(const Surface& a, const Surface& b) {
  float contrast = 0;
  for (std::size_t c = 0; c < 3; ++c)
    contrast = std::max(contrast, std::abs(a.at(0.5f)[c] - b.at(0.5f)[c]));
  return contrast;
}

Placement draw_placement(CounterRandom& random, float smallest, float largest, float margin) {
  Placement at;
  at.radius = random.between(smallest, largest);
  const float reach = 15.5f - margin * at.radius;
  at.centre_x = 15.5f + random.between(-reach, reach);
  at.centre_y = 15.5f + random.between(-reach, reach);
  const Direction turn = draw_direction(random);
  const float stretch = random.between(0.8f, 1.25f);
  const float along = stretch / at.radius, across = 1.0f / (stretch * at.radius);
  at.xx = turn.x * along;
  at.xy = turn.y * along;
  at.yx = -turn.y * across;
  at.yy = turn.x * across;
  return at;
}

/// Leaves one side of a line through `at`'s centre, moved by `offset` pixels.
void cut(CounterRandom& random, const Placement& at, float offset, Plane& coverage) {
  const Direction normal = draw_direction(random);
  const Rows rows = rows_of(at);
  for (std::int64_t row = rows.begin; row < rows.end; ++row)
    for (std::int64_t column = 0; column < kSide; ++column) {
      const float side = normal.x * (static_cast<float>(column) - at.centre_x) +
                         normal.y * (static_cast<float>(row) - at.centre_y) - offset;
      float& share = coverage[static_cast<std::size_t>(row * kSide + column)];
      share *= std::min(std::max(0.5f - side, 0.0f), 1.0f);
    }
}

class Canvas {
 public:
  void fill(const Plane& mixture, const Surface& surface) {
    for (std::size_t c = 0; c < 3; ++c) {
      const float base = surface.first[c], change = surface.second[c] - surface.first[c];
      for (std::size_t i = 0; i < kPixels; ++i) channels_[c][i] = base + change * mixture[i];
    }
  }

  void paint(Rows rows, const Plane& coverage, const Plane& mixture, const Surface& surface) {
    const auto begin = static_cast<std::size_t>(rows.begin * kSide);
    const auto end = static_cast<std::size_t>(rows.end * kSide);
    for (std::size_t c = 0; c < 3; ++c) {
      const float base = surface.first[c], change = surface.second[c] - surface.first[c];
      for (std::size_t i = begin; i < end; ++i)
        channels_[c][i] += coverage[i] * (base + change * mixture[i] - channels_[c][i]);
    }
  }

  void paint(Rows rows, const Plane& coverage, const Colour& colour) {
    const auto begin = static_cast<std::size_t>(rows.begin * kSide);
    const auto end = static_cast<std::size_t>(rows.end * kSide);
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t i = begin; i < end; ++i)
        channels_[c][i] += coverage[i] * (colour[c] - channels_[c][i]);
  }

  void shade(CounterRandom& random, float most) {
    const Direction light = draw_direction(random);
    const float slope = random.between(0.0f, most) / 15.5f;
    for (Plane& channel : channels_)
      for (std::int64_t row = 0; row < kSide; ++row)
        for (std::int64_t column = 0; column < kSide; ++column)
          channel[static_cast<std::size_t>(row * kSide + column)] *=
              1.0f + slope * (light.x * (static_cast<float>(column) - 15.5f) +
                              light.y * (static_cast<float>(row) - 15.5f));
  }

  /// Adds the difference of two bytes to each value, scaled to [-width, width].
  void add_noise(CounterRandom& random, float width) {
    const float scale = width / 255.0f;
    for (Plane& channel : channels_)
      for (std::size_t i = 0; i < kPixels; i += 4) {
        std::uint64_t bits = random.next();
        for (std::size_t j = 0; j < 4; ++j, bits >>= 16)
          channel[i + j] += scale * static_cast<float>(static_cast<int>(bits & 0xff) -
                                                       static_cast<int>(bits >> 8 & 0xff));
      }
  }

  Image to_image() const {
    Image image(3, kSide, kSide);
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t i = 0; i < kPixels; ++i)
        image.pixels[c * kPixels + i] = static_cast<std::uint8_t>(
            std::min(std::max(channels_[c][i], 0.0f), 1.0f) * 255.0f + 0.5f);
    return image;
  }

 private:
  std::array<Plane, 3> channels_{};
};

/// A piece of another shape, in colours of its own or of the background.
void draw_fragment(CounterRandom& random, std::int64_t label, const Placement& at,
                   const Surface& background, Canvas& canvas) {
  Plane coverage;
  const auto other = (label + 1 + random.below(kShapes.size() - 1)) % std::int64_t{kShapes.size()};
  cover(other, at, coverage);
  cut(random, at, random.between(-0.3f, 0.3f) * at.radius, coverage);
  Surface surface = draw_surface(random, 0.0f, 1.0f);
  if (random.below(3) == 0) surface = background;
  canvas.paint(rows_of(at), coverage, surface.at(random.unit()));
}

}  // namespace

Image draw_scene(std::int64_t label, CounterRandom random) {
  Canvas canvas;
  Plane coverage, mixture;
  const Surface background = draw_surface(random, 0.0f, kBrightestBackground);
  draw_texture(random, mixture);
  canvas.fill(mixture, background);

  for (std::uint32_t i = random.below(kMostFragments + 1); i > 0; --i)
    draw_fragment(random, label, draw_placement(random, 3.0f, 6.0f, 0.5f), background, canvas);

  const Placement at = draw_placement(random, kSmallestRadius, kLargestRadius, 0.9f);
  Surface surface = draw_surface(random, kDarkestShape, 1.0f);
  while (contrast_of(surface, background) < kLeastContrast)
    surface = draw_surface(random, kDarkestShape, 1.0f);
  cover(label, at, coverage);
  draw_texture(random, mixture);
  canvas.paint(rows_of(at), coverage, mixture, surface);

  for (std::uint32_t i = random.below(kMostOccluders + 1); i > 0; --i) {
    Placement piece = draw_placement(random, 0.35f * at.radius, 0.6f * at.radius, 0.0f);
    const Direction away = draw_direction(random);
    const float distance = random.between(0.3f, 1.0f) * at.radius;
    piece.centre_x = at.centre_x + distance * away.x;
    piece.centre_y = at.centre_y + distance * away.y;
    draw_fragment(random, label, piece, background, canvas);
  }
  canvas.shade(random, kMostShading);
  canvas.add_noise(random, random.between(0.0f, kMostNoise));
  return canvas.to_image();
}

}  // namespace bitloom::data::shapes32
