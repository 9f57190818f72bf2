#include "models/quantizers/kl_clipping.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace bitloom::nn {
namespace {

constexpr int kBins = 2048;
constexpr int kFewestBins = 16;  // of a range: fewer tell nothing of the distribution

double entropy_term(double count) { return count > 0 ? count * std::log(count) : 0; }

/// Sums over the bins before each: the divergence of a range then takes a step for each level.
struct Histogram {
  std::array<double, kBins + 1> counts{}, entropy{};

  Histogram(std::span<const float> values, float largest) {
    const float bins_per_unit = kBins / largest;
    std::array<double, kBins> bins{};
    for (const float value : values)
      if (value != 0)
        ++bins[static_cast<std::size_t>(
            std::min<float>(std::abs(value) * bins_per_unit, kBins - 1))];
    for (std::size_t i = 0; i < kBins; ++i) {
      counts[i + 1] = counts[i] + bins[i];
      entropy[i + 1] = entropy[i] + entropy_term(bins[i]);
    }
  }

  /// D_KL of the range of `bins` bins, times the count of all values and up to a constant;
  /// infinite where Q is 0 and P is not.
  double divergence(std::size_t bins, int steps) const {
    const double inside = counts[bins];
    const double outside = counts[kBins] - inside;
    const double last_bin = counts[bins] - counts[bins - 1];
    double sum = entropy[bins] - entropy_term(last_bin) + entropy_term(last_bin + outside);
    std::size_t begin = 0;
    for (int level = 0; level <= steps; ++level) {
      const double end_of_level = (level + 0.5) * static_cast<double>(bins) / steps;
      const std::size_t end =
          level == steps ? bins : static_cast<std::size_t>(std::lround(end_of_level));
      const double kept = counts[end] - counts[begin];
      const double counted = kept + (level == steps ? outside : 0);
      if (counted > 0 && kept == 0) return std::numeric_limits<double>::infinity();
      if (counted > 0)
        sum -= counted * std::log(kept / (static_cast<double>(end - begin) * inside));
      begin = end;
    }
    return sum;
  }
};

}  // namespace

double kl_clipping(std::span<const float> values, int steps) {
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::abs(value));
  if (largest == 0) return 0;
  const Histogram histogram(values, largest);
  std::size_t best = kBins;
  double least = histogram.divergence(kBins, steps);
  for (std::size_t bins = kBins - 1; bins >= kFewestBins; --bins) {
    const double divergence = histogram.divergence(bins, steps);
    if (divergence >= least) continue;
    least = divergence;
    best = bins;
  }
  return static_cast<double>(largest) * static_cast<double>(best) / kBins;
}

}  // namespace bitloom::nn
