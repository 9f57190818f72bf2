#include "search/measure/quantization_error.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/graph/layer_shape.h"

namespace bitloom::search {
namespace {

using nn::QuantizerTask;
using torch::Tensor;

double squared_error(nn::Quantizer& quantizer, const Tensor& x) {
  quantizer.calibrate(x);
  return (quantizer.quantize(x) - x).square().sum(torch::kFloat64).item<double>();
}

std::int64_t input_elements(const graph::LayerShape& layer) {
  return layer.in_channels * layer.input.height * layer.input.width;
}

std::int64_t second_elements(const graph::LayerShape& layer) { return layer.weights(); }

void tell_measured(const LayersMeasured& measured, std::size_t layers, std::size_t widths,
                   std::size_t of) {
  if (measured)
    measured(static_cast<double>(layers) + static_cast<double>(widths) / static_cast<double>(of));
}

}  // namespace

std::vector<QuantizationError> quantization_errors(const nn::Network& network,
                                                   const nn::QuantizerScheme& scheme,
                                                   QuantizerTask::Granularity granularity,
                                                   const std::vector<int>& bits,
                                                   const nn::ActivationSampler& inputs,
                                                   const LayersMeasured& measured) {
  const torch::NoGradGuard no_gradient;
  const auto shapes = graph::layers_of(network.graph());
  std::vector<QuantizationError> errors(shapes.size());
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const Tensor sample = inputs.sample(i);
    const auto of_image = [&](int b, bool is_signed, const Tensor& values, std::int64_t elements) {
      const auto activations =
          scheme.activations.make({QuantizerTask::Role::kActivations, b, is_signed});
      return squared_error(*activations, values) * static_cast<double>(elements) /
             static_cast<double>(values.numel());
    };
    for (const int b : bits) {
      const auto weights =
          scheme.weights.make({QuantizerTask::Role::kWeights, b, true, granularity});
      try {
        errors[i].weights.push_back(
            network.has_weights(i) ? squared_error(*weights, network.layer_weight(i))
                                   : of_image(b, shapes[i].signed_second, inputs.second_sample(i),
                                              second_elements(shapes[i])));
        errors[i].activations.push_back(
            of_image(b, shapes[i].signed_activations, sample, input_elements(shapes[i])));
      } catch (const UserError& refusal) {
        throw refusal.with_text(fmt::format("layer '{}': {}", shapes[i].name, refusal.what()))
            .in_file(network.file());
      }
      tell_measured(measured, i, errors[i].weights.size(), bits.size());
    }
  }
  return errors;
}

void add_filter_errors(const nn::Network& network, const nn::QuantizerScheme& scheme,
                       const std::vector<int>& bits, std::vector<QuantizationError>& errors,
                       const LayersMeasured& measured) {
  const torch::NoGradGuard no_gradient;
  const auto by_filter = [](const Tensor& difference) {
    const Tensor sums =
        difference.square().flatten(1).sum(1, /*keepdim=*/false, torch::kFloat64).contiguous();
    return std::vector<double>(sums.data_ptr<double>(), sums.data_ptr<double>() + sums.numel());
  };
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const Tensor weights = network.layer_weight(i);
    errors[i].filters[0] = by_filter(weights);
    for (const int b : bits) {
      const auto quantizer = scheme.weights.make(
          {QuantizerTask::Role::kWeights, b, true, QuantizerTask::Granularity::kChannel});
      quantizer->calibrate(weights);
      errors[i].filters[b] = by_filter(quantizer->quantize(weights) - weights);
      tell_measured(measured, i, errors[i].filters.size() - 1, bits.size());
    }
  }
}

}  // namespace bitloom::search
