#include "base/random.h"

#include <cmath>

namespace bitloom {
namespace {

/// 64 random bits over 2^64, in [0, 1).
template <class Real>
Real draw_real(std::mt19937_64& random) {
  const Real drawn = static_cast<Real>(random()) / static_cast<Real>(0x1p64);
  return drawn < 1 ? drawn : std::nextafter(Real{1}, Real{0});
}

}  // namespace

std::uint64_t draw_below(std::mt19937_64& random, std::uint64_t bound) {
  __extension__ using Product = unsigned __int128;
  constexpr int kWord = 64;
  Product product = Product{random()} * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t uneven = -bound % bound;  // 2^64 mod bound
    while (static_cast<std::uint64_t>(product) < uneven) product = Product{random()} * bound;
  }
  return static_cast<std::uint64_t>(product >> kWord);
}

std::int64_t draw_between(std::mt19937_64& random, std::int64_t least, std::int64_t most) {
  const std::uint64_t start = static_cast<std::uint64_t>(least);
  const std::uint64_t count = static_cast<std::uint64_t>(most) - start + 1;  // 0: all 2^64
  const std::uint64_t drawn = count == 0 ? random() : draw_below(random, count);
  return static_cast<std::int64_t>(start + drawn);
}

double draw_unit(std::mt19937_64& random) { return draw_real<double>(random); }

float draw_unit_float(std::mt19937_64& random) { return draw_real<float>(random); }

float draw_float(std::mt19937_64& random, float low, float high) {
  return draw_unit_float(random) * (high - low) + low;
}

double draw_normal(std::mt19937_64& random, double mean, double deviation) {
  for (;;) {
    const double x = 2 * draw_unit(random) - 1, y = 2 * draw_unit(random) - 1;
    const double square = x * x + y * y;
    if (square > 1 || square == 0) continue;
    return y * std::sqrt(-2 * std::log(square) / square) * deviation + mean;
  }
}

}  // namespace bitloom
