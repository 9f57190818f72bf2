// Of a quantized network: what it is in integers, and why it is none.
#include <fmt/format.h>

#include "base/error.h"
#include "models/integer/accumulator.h"
#include "models/operators/convolution.h"
#include "models/operators/linear.h"
#include "models/torch/quantized_network.h"
#include "models/weights/integer_layers.h"

namespace bitloom::nn {
namespace {

using Role = QuantizerTask::Role;

/// The planes of a layer's input, for their coefficients, which no value changes.
std::optional<Planes> planes_of_input(Quantizer& activations) {
  return activations.planes(torch::zeros({1}));
}

void set_weights(integer::QuantizedLayer& layer, Quantizer& quantizer, const Tensor& weights,
                 int coefficient_bits) {
  const auto keep = [&](const Tensor& codes) {
    const Tensor whole = codes.to(torch::kInt32).contiguous();
    layer.weights = {whole.data_ptr<std::int32_t>(),
                     whole.data_ptr<std::int32_t>() + whole.numel()};
  };
  if (const std::optional<Codes> codes = quantizer.codes(weights)) {
    keep(codes->codes);
    layer.weight_type = codes->type;
    layer.weight_scaling = integer::scaling_of(codes->scales);
    return;
  }
  const std::optional<Planes> planes = quantizer.planes(weights);
  ensure(planes.has_value(), "why_no_codes() was asked first");
  LevelCodes levels = level_codes(*planes, Role::kWeights, coefficient_bits);
  keep(codes_of(*planes, levels.coefficients));
  layer.weight_type = integer::type_of(levels.coefficients, true);
  layer.weight_scaling = integer::scaling_of(levels.steps);
  layer.weight_planes = std::move(levels.coefficients);
}

void set_activations(integer::QuantizedLayer& layer, Quantizer& quantizer, int coefficient_bits) {
  if (const std::optional<double> scale = quantizer.activation_scale()) {
    layer.activation_scaling = integer::scaling_of({*scale});
    return;
  }
  const std::optional<Planes> planes = planes_of_input(quantizer);
  ensure(planes.has_value(), "why_no_codes() was asked first");
  LevelCodes levels = level_codes(*planes, Role::kActivations, coefficient_bits);
  layer.activation_type = integer::type_of(levels.coefficients, false);
  layer.activation_scaling = integer::scaling_of(levels.steps);
  layer.activation_planes = std::move(levels.coefficients);
}

/// Activations whose levels are set to some values: of which type they are, no values change.
MadeQuantizer set_to_some_values(const QuantizerKind& kind, int bits, bool is_signed) {
  constexpr std::int64_t kValues = 256;
  MadeQuantizer activations = kind.make({Role::kActivations, bits, is_signed});
  activations->calibrate(torch::linspace(is_signed ? -1 : 0, 1, kValues));
  return activations;
}

}  // namespace

std::optional<std::string> QuantizedNetwork::why_no_integers() const {
  for (const graph::Node& node : network_->graph().nodes()) {
    const bool has_rows = node.op.is<graph::Linear>() && node.shape.size() > 1;
    const bool is_line = node.op.is<graph::Convolution>() && node.shape.size() == 2;
    if (node.op.kind().lower == nullptr || has_rows || is_line)
      return fmt::format("the integer arithmetic has no rule for {} '{}'{}{}", node.op.name(),
                         node.name, has_rows ? " of several rows" : "",
                         is_line ? " over one dimension" : "");
  }
  return why_no_codes();
}

std::optional<std::string> QuantizedNetwork::why_no_codes() const {
  const QuantizerScheme scheme = quantizer_scheme(quantization_.scheme);
  const auto shapes = graph::layers_of(network_->graph());
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].second)
      return fmt::format("'{}' multiplies two activations, which have no codes to be stored",
                         layers_[i].name);
    if (!layers_[i].activations)
      return fmt::format("activations of '{}' are single precision", layers_[i].name);
    const MadeQuantizer activations = set_to_some_values(
        scheme.activations, quantization_.policy[i].activation_bits, shapes[i].signed_activations);
    if (!activations->activation_scale() && !planes_of_input(*activations))
      return fmt::format(
          "quantizer {} rounds activations neither to multiples of one step nor to sums of planes",
          quantization_.scheme);
    const Tensor weights = network_->layer_weight(i).detach();
    if (!layers_[i].weights->codes(weights) && !layers_[i].weights->planes(weights))
      return fmt::format(
          "the levels of quantizer {} are neither multiples of one step nor sums of planes",
          quantization_.scheme);
  }
  return std::nullopt;
}

void QuantizedNetwork::require_accumulators() const try {
  const torch::NoGradGuard no_gradient;
  const QuantizerScheme scheme = quantizer_scheme(quantization_.scheme);
  const auto shapes = graph::layers_of(network_->graph());
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const bool has_step =
        set_to_some_values(scheme.activations, quantization_.policy[i].activation_bits,
                           shapes[i].signed_activations)
            ->activation_scale()
            .has_value();
    const std::optional<Codes> codes = layers_[i].weights->codes(network_->layer_weight(i));
    if (has_step && codes)  // the codes of planes have the bits of their coefficients
      integer::require_accumulator(shapes[i], codes->type, layers_[i].activation_type, 0);
  }
} catch (const UserError& refusal) {
  throw refusal.in_file(network_->file());
}

bool QuantizedNetwork::has_learned_levels() const {
  const torch::NoGradGuard no_gradient;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    for (const auto& each : {layer.activations.get(), layer.second.get()})
      if (each && !each->activation_scale()) return true;
    if (layer.weights && !layer.weights->codes(network_->layer_weight(i))) return true;
  }
  return false;
}

std::vector<integer::QuantizedLayer> QuantizedNetwork::integer_layers(int coefficient_bits) const {
  const torch::NoGradGuard no_gradient;
  std::vector<integer::QuantizedLayer> layers;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    ensure(layer.activations != nullptr, "why_no_codes() was asked first");
    integer::QuantizedLayer operands{.name = layer.name,
                                     .weight_type = {},
                                     .weights = {},
                                     .weight_scaling = {},
                                     .activation_type = layer.activation_type,
                                     .activation_scaling = {},
                                     .filter_bits = quantization_.filters_of(i)};
    set_weights(operands, *layer.weights, network_->layer_weight(i), coefficient_bits);
    set_activations(operands, *layer.activations, coefficient_bits);
    layers.push_back(std::move(operands));
  }
  return layers;
}

integer::Program QuantizedNetwork::program(int coefficient_bits) const try {
  return integer::lower(network_->graph(), integer_layers(coefficient_bits),
                        weights::real_parameters(network_->graph(), corrected_parameters()));
} catch (const UserError& refusal) {
  throw refusal.in_file(network_->file());
}

}  // namespace bitloom::nn
