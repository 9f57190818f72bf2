#include "models/integer/levels.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "base/error.h"

namespace bitloom::integer {

std::span<const std::int32_t> PlaneCoefficients::of_channel(std::size_t channel) const {
  const auto count = static_cast<std::size_t>(planes);
  return std::span(values).subspan((rows() == 1 ? 0 : channel) * count, count);
}

std::int32_t PlaneCoefficients::level(std::size_t channel, std::uint32_t pattern) const {
  std::int32_t sum = 0;
  int plane = 0;
  for (const std::int32_t coefficient : of_channel(channel)) {
    const bool bit = (pattern >> plane++ & 1) != 0;
    sum += bit ? coefficient : are_signs ? -coefficient : 0;
  }
  return sum;
}

std::vector<std::int32_t> levels_of(const PlaneCoefficients& coefficients, std::size_t row) {
  std::vector<std::int32_t> levels;
  for (std::uint32_t pattern = 0; pattern < (1U << coefficients.planes); ++pattern)
    levels.push_back(coefficients.level(row, pattern));
  std::sort(levels.begin(), levels.end());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  return levels;
}

CodeType type_of(const PlaneCoefficients& coefficients, bool is_signed) {
  std::int32_t lowest = 0, highest = 0;
  for (std::size_t row = 0; row < coefficients.rows(); ++row) {
    const std::vector<std::int32_t> levels = levels_of(coefficients, row);
    lowest = std::min(lowest, levels.front());
    highest = std::max(highest, levels.back());
  }
  CodeType type = is_signed || lowest < 0 ? signed_codes(1) : unsigned_codes(1);
  while (type.lowest() > lowest || type.highest() < highest) ++type.bits;
  ensure_valid(type);
  return type;
}

PlaneCoefficients coefficients_of(const CodeType& type) {
  PlaneCoefficients powers{type.bits, type.encoding == Encoding::kBipolar, {}};
  for (int plane = 0; plane < type.bits; ++plane) powers.values.push_back(1 << plane);
  if (type.encoding == Encoding::kSigned) powers.values.back() *= -1;
  return powers;
}

PlaneCoefficients with_padding(const PlaneCoefficients& activations) {
  if (!activations.are_signs) return activations;
  PlaneCoefficients padded{activations.planes + 1, false, {}};
  std::int32_t sum = 0;
  for (const std::int32_t coefficient : activations.values) {
    padded.values.push_back(2 * std::abs(coefficient));
    sum += std::abs(coefficient);
  }
  padded.values.push_back(-sum);
  return padded;
}

std::vector<std::int32_t> patterns_of(const PlaneCoefficients& coefficients, std::size_t channel,
                                      const CodeType& type) {
  std::vector<std::int32_t> patterns(std::size_t{1} << (type.bits + 1), -1);
  for (std::int32_t pattern = (1 << coefficients.planes) - 1; pattern >= 0; --pattern) {
    const std::int32_t level = coefficients.level(channel, static_cast<std::uint32_t>(pattern));
    if (level >= type.lowest() && level <= type.highest())
      patterns[static_cast<std::size_t>(level - type.lowest())] = pattern;
  }
  return patterns;
}

FixedPoint fixed_point(std::span<const double> coefficients, std::int32_t most) {
  const auto planes = static_cast<double>(coefficients.size());
  ensure(most >= planes, "codes have room for every coefficient");
  double sum = 0;
  for (const double v : coefficients) sum += std::fabs(v);
  const auto step = static_cast<float>(sum / (most - planes / 2));
  FixedPoint rounded{std::vector<std::int32_t>(coefficients.size()), 1};
  if (!std::isnormal(step)) return rounded;
  rounded.step = step;
  std::transform(coefficients.begin(), coefficients.end(), rounded.codes.begin(),
                 [&](double v) { return static_cast<std::int32_t>(std::lround(v / step)); });
  return rounded;
}

std::vector<std::int32_t> level_thresholds(std::span<const std::int32_t> levels, double level_scale,
                                           std::span<const double> scales) {
  std::vector<std::int32_t> thresholds;
  thresholds.reserve(scales.size() * (levels.size() - 1));
  for (const double scale : scales)
    for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
      const double middle = std::midpoint<double>(levels[i], levels[i + 1]);
      const double threshold = std::floor(middle * (level_scale / scale));
      thresholds.push_back(
          static_cast<std::int32_t>(std::clamp<double>(threshold, INT32_MIN, INT32_MAX)));
    }
  return thresholds;
}

void to_levels(std::span<const std::int32_t> values, std::size_t channels,
               std::span<const std::int32_t> thresholds, std::span<const std::int32_t> levels,
               std::span<std::int32_t> codes) {
  const std::size_t steps = levels.size() - 1;
  ensure(thresholds.size() == channels * steps && values.size() % channels == 0 &&
             codes.size() == values.size(),
         "values that become levels are channels x pixels, with thresholds for each channel");
  const std::size_t pixels = values.size() / channels;
  std::fill(codes.begin(), codes.end(), levels[0]);
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const std::int32_t* from = values.data() + channel * pixels;
    std::int32_t* to = codes.data() + channel * pixels;
    for (std::size_t i = 0; i < steps; ++i) {
      const std::int32_t threshold = thresholds[channel * steps + i];
      const std::int32_t rise = levels[i + 1] - levels[i];
      for (std::size_t pixel = 0; pixel < pixels; ++pixel)
        to[pixel] += from[pixel] > threshold ? rise : 0;
    }
  }
}

}  // namespace bitloom::integer
