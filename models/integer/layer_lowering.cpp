#include "models/integer/layer_lowering.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::integer {
namespace {

/// The largest magnitude of a bias and the sum of `weights`, or of their negatives, times any
/// codes.
std::int64_t accumulator_bound(std::span<const std::int32_t> weights, bool negated,
                               const CodeType& codes, std::int64_t bias) {
  std::int64_t positive = 0, negative = 0;
  for (const std::int32_t weight : weights) (weight > 0 ? positive : negative) += weight;
  if (negated) positive = -std::exchange(negative, -positive);
  const std::int64_t most = positive * codes.highest() + negative * codes.lowest() + bias;
  const std::int64_t least = positive * codes.lowest() + negative * codes.highest() + bias;
  return std::max(std::abs(most), std::abs(least));
}

std::int32_t bias_code(double bias, double scale) {
  if (bias == 0) return 0;
  const double code = std::floor(bias / scale + 0.5);
  if (!(std::fabs(code) <= INT32_MAX))
    throw UserError(
        fmt::format("a bias of {} is {} accumulator units, beyond 32 bits", bias, code));
  return static_cast<std::int32_t>(code);
}

void require_no_zero_point(std::string_view whose, const Scaling& scaling) {
  for (const std::int32_t zero_point : scaling.zero_points)
    if (zero_point != 0)
      throw UserError(fmt::format("its {} have a zero point of {}; the integer arithmetic has 0",
                                  whose, zero_point));
}

}  // namespace

void require_values(const char* what, const std::vector<double>& values, std::size_t count) {
  if (values.size() != count)
    throw UserError(fmt::format("needs {} {}, got {}", count, what, values.size()));
  for (const double value : values)
    if (!std::isfinite(value))
      throw UserError(fmt::format("{} must be finite numbers, got {}", what, value));
}

bool is_positive_scale(double scale) { return std::isnormal(scale) && scale > 0; }

void require_scales(const graph::LayerShape& shape, const QuantizedLayer& layer) {
  const Scaling& weights = layer.weight_scaling;
  const Scaling& activations = layer.activation_scaling;
  if (weights.granularity == Granularity::kGroup)
    throw UserError(
        fmt::format("its weights have a scale for each {} values of a channel; the "
                    "integer arithmetic has one for each channel",
                    weights.group));
  if (activations.granularity != Granularity::kTensor || activations.scales.size() != 1)
    throw UserError("its activations have several scales; the integer arithmetic has one");
  require_no_zero_point("weights", weights);
  require_no_zero_point("activations", activations);
  if (weights.granularity == Granularity::kChannel)
    require_values("weight scales", weights.scales, static_cast<std::size_t>(shape.out_channels));
  for (const double scale : weights.scales)
    if (!is_positive_scale(std::fabs(scale)))
      throw UserError(fmt::format("weight scales must be numbers other than 0, got {}", scale));
  if (!is_positive_scale(activations.scales[0]))
    throw UserError(fmt::format("the activation scale must be a positive number, got {}",
                                activations.scales[0]));
}

std::vector<Dyadic> factors_onto(const Step& input, double scale) {
  std::vector<Dyadic> factors;
  for (std::size_t c = 0; c < input.scales.size(); ++c)
    factors.push_back(input.bounds[c] == 0 ? Dyadic{} : dyadic_from(input.scales[c] / scale));
  return factors;
}

LoweredLayer lower_layer(const graph::LayerShape& shape, const graph::Window& window,
                         const QuantizedLayer& layer, const std::vector<double>& biases,
                         const Step& input) {
  const double activation_scale = layer.activation_scaling.scales[0];
  ensure(static_cast<std::int64_t>(layer.weights.size()) == shape.weights(),
         "a quantized layer has all its weights");
  ensure_codes(layer.weights, layer.weight_type);
  LoweredLayer lowered{{.layer = 0,
                        .shape = shape,
                        .window = window,
                        .weight_type = layer.weight_type,
                        .activation_type = layer.activation_type,
                        .weights = layer.weights,
                        .biases = {},
                        .negated = {},
                        .factors = factors_onto(input, activation_scale),
                        .weight_planes = layer.weight_planes,
                        .activation_planes = layer.activation_planes},
                       {},
                       {}};
  if (layer.activation_planes) {
    lowered.step.levels = levels_of(*layer.activation_planes);
    lowered.step.thresholds = level_thresholds(lowered.step.levels, activation_scale, input.scales);
  }
  const auto reduction = static_cast<std::size_t>(shape.reduction());
  for (std::size_t c = 0; c < biases.size(); ++c) {
    const double signed_scale = layer.weight_scaling.of_channel(c) * activation_scale;
    const double scale = std::fabs(signed_scale);
    const bool negated = signed_scale < 0;
    lowered.step.negated.push_back(negated);
    lowered.scales.push_back(scale);
    lowered.step.biases.push_back(bias_code(biases[c], scale));
    lowered.bounds.push_back(
        accumulator_bound(std::span(layer.weights).subspan(c * reduction, reduction), negated,
                          layer.activation_type, lowered.step.biases.back()));
  }
  return lowered;
}

}  // namespace bitloom::integer
