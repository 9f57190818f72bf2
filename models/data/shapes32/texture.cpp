#include "models/data/shapes32/texture.h"

#include <algorithm>
#include <cmath>

namespace bitloom::data::shapes32 {
namespace {

float clamped(float x) {
  const float positive = x > 0.0f ? x : 0.0f;
  return positive < 1.0f ? positive : 1.0f;
}

/// |2 frac(x) - 1| of x >= 0: goes from 1 to 0 and back while x advances by 1.
float zigzag(float x) {
  const float fraction = x - static_cast<float>(static_cast<int>(x));
  return std::abs(2.0f * fraction - 1.0f);
}

/// The coordinate along a direction that is positive on the whole image, in periods.
struct Wave {
  float x, y, phase;

  Wave(CounterRandom& random, float shortest, float longest) {
    const Direction direction = draw_direction(random);
    const float frequency = 1.0f / random.between(shortest, longest);
    x = direction.x * frequency;
    y = direction.y * frequency;
    phase = 64.0f + random.unit();
  }
  float at(float column, float row) const { return phase + x * column + y * row; }
};

template <class Pattern>
void fill(Plane& mixture, Pattern pattern) {
  for (std::int64_t row = 0; row < kSide; ++row) {
    float* out = mixture.data() + row * kSide;
    for (int column = 0; column < kSide; ++column)
      out[column] = pattern(static_cast<float>(column), static_cast<float>(row));
  }
}

void gradient(CounterRandom& random, Plane& mixture) {
  const Wave wave(random, 30.0f, 90.0f);
  const float middle = wave.at(15.5f, 15.5f) - random.between(0.3f, 0.7f);
  fill(mixture, [=](float x, float y) { return clamped(wave.at(x, y) - middle); });
}

void stripes(CounterRandom& random, Plane& mixture) {
  const Wave wave(random, 3.0f, 12.0f);
  const float sharpness = random.between(1.0f, 4.0f);
  fill(mixture, [=](float x, float y) {
    return clamped(0.5f + sharpness * (zigzag(wave.at(x, y)) - 0.5f));
  });
}

void checks(CounterRandom& random, Plane& mixture) {
  const Wave one(random, 5.0f, 14.0f);
  Wave other = one;
  other.x = -one.y;
  other.y = one.x;
  const float sharpness = random.between(4.0f, 16.0f);
  fill(mixture, [=](float x, float y) {
    return clamped(0.5f +
                   sharpness * (zigzag(one.at(x, y)) - 0.5f) * (zigzag(other.at(x, y)) - 0.5f));
  });
}

/// Random values on a lattice, interpolated.
void blotches(CounterRandom& random, Plane& mixture) {
  constexpr std::uint32_t kMostCells = 11;
  const std::uint32_t cells = 3 + random.below(kMostCells - 2);
  float lattice[kMostCells + 1][kMostCells + 1];
  for (std::uint32_t i = 0; i <= cells; ++i)
    for (std::uint32_t j = 0; j <= cells; ++j) lattice[i][j] = random.unit();
  const float step = static_cast<float>(cells) / static_cast<float>(kSide);
  fill(mixture, [&](float column, float row) {
    const float x = column * step, y = row * step;
    const int j = static_cast<int>(x), i = static_cast<int>(y);
    const float right = x - static_cast<float>(j), below = y - static_cast<float>(i);
    const float upper = lattice[i][j] + right * (lattice[i][j + 1] - lattice[i][j]);
    const float lower = lattice[i + 1][j] + right * (lattice[i + 1][j + 1] - lattice[i + 1][j]);
    return upper + below * (lower - upper);
  });
}

}  // namespace

Direction draw_direction(CounterRandom& random) {
  while (true) {
    const float x = random.between(-1.0f, 1.0f), y = random.between(-1.0f, 1.0f);
    const float square = x * x + y * y;
    if (square > 1.0f || square < 0.01f) continue;
    const float scale = 1.0f / std::sqrt(square);
    return {x * scale, y * scale};
  }
}

void draw_texture(CounterRandom& random, Plane& mixture) {
  switch (random.below(4)) {
    case 0:
      return gradient(random, mixture);
    case 1:
      return stripes(random, mixture);
    case 2:
      return checks(random, mixture);
    default:
      return blotches(random, mixture);
  }
}

}  // namespace bitloom::data::shapes32
