#include "models/torch/quantized_network.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "models/operators/batch_norm.h"
#include "models/operators/linear.h"
#include "models/quantizers/by_filter.h"
#include "models/weights/naming.h"

namespace bitloom::nn {

namespace {

using Role = QuantizerTask::Role;

integer::CodeType activation_codes(int bits, bool is_signed) {
  return is_signed ? integer::signed_codes(bits) : integer::unsigned_codes(bits);
}

/// Whether batch norms alone read `layer`.
bool batch_norm_follows(const graph::Graph& graph, graph::NodeId layer) {
  bool follows = false;
  for (const graph::Node& node : graph.nodes()) {
    if (std::find(node.inputs.begin(), node.inputs.end(), layer) == node.inputs.end()) continue;
    if (!node.op.is<graph::BatchNorm>()) return false;
    follows = true;
  }
  return follows;
}

/// Runs `calibrate`; names the layer and what of it where it fails.
template <class Calibrate>
void naming_layer(const std::string& layer, const char* what, const Calibrate& calibrate) {
  try {
    calibrate();
  } catch (const UserError& error) {
    throw error.with_text(fmt::format("the {} of layer '{}': {}", what, layer, error.what()));
  }
}

}  // namespace

/// Each layer's quantizers, as the network's hooks.
class QuantizedNetwork::Hooks : public LayerHooks {
 public:
  explicit Hooks(std::vector<Layer>& layers) : layers_(layers) {}
  Tensor input(std::size_t layer, const Tensor& x) override {
    Quantizer* quantizer = layers_[layer].activations.get();
    return quantizer ? quantizer->quantize(x) : x;
  }
  Tensor second_input(std::size_t layer, const Tensor& x) override {
    return layers_[layer].second->quantize(x);
  }
  Tensor weight(std::size_t layer, const Tensor& w) override {
    return layers_[layer].weights->quantize(w);
  }
  Tensor bias(std::size_t layer, const Tensor& b) override {
    const Tensor& correction = layers_[layer].bias_correction;
    if (!correction.defined()) return b;
    return b.defined() ? b + correction : correction;
  }

 private:
  std::vector<Layer>& layers_;
};

QuantizedNetwork::QuantizedNetwork(std::shared_ptr<Network> network, Quantization quantization)
    : network_(std::move(network)), quantization_(std::move(quantization)) {
  ensure(quantization_.policy.size() == network_->layers(), "a policy has bits for every layer");
  network_->require_quantizable();
  const QuantizerScheme scheme = quantizer_scheme(quantization_.scheme);
  const auto shapes = graph::layers_of(network_->graph());
  const auto of_activations = [&](int bits, bool is_signed) {
    return scheme.activations.make({Role::kActivations, bits, is_signed});
  };
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const graph::LayerShape& shape = shapes[i];
    const graph::Precision bits = quantization_.policy[i];
    Layer& layer = layers_.emplace_back();
    layer.name = shape.name;
    if (network_->has_weights(i))
      add_weights(layer, i, scheme);
    else
      layer.second = of_activations(bits.weight_bits, shape.signed_second);
    if (bits.activation_bits == graph::kFloatBits) continue;
    layer.activations = of_activations(bits.activation_bits, shape.signed_activations);
    layer.activation_type = activation_codes(bits.activation_bits, shape.signed_activations);
  }
  // Bits that quantizers refuse are found before levels are set, which may take long.
  for (std::size_t i = 0; i < layers_.size(); ++i)
    if (layers_[i].weights)
      naming_layer(layers_[i].name, "weights",
                   [&] { layers_[i].weights->calibrate(network_->layer_weight(i).detach()); });
}

void QuantizedNetwork::add_weights(Layer& layer, std::size_t at, const QuantizerScheme& scheme) {
  const auto granularity = quantization_.granularity.value_or(scheme.weights.granularity);
  const bool follows = batch_norm_follows(network_->graph(), network_->layer_node(at));
  const auto make = [&](int width) {
    return scheme.weights.make({Role::kWeights, width, true, granularity, follows});
  };
  const graph::FilterBits filters = quantization_.filters_of(at);
  layer.weights =
      filters.empty() ? make(quantization_.policy[at].weight_bits) : by_filter(filters, make);
}

Tensor QuantizedNetwork::forward(const Tensor& images, Mode mode) {
  Hooks hooks(layers_);
  return network_->forward(images, mode, hooks);
}

std::unique_ptr<LayerHooks> QuantizedNetwork::hooks() { return std::make_unique<Hooks>(layers_); }

void QuantizedNetwork::calibrate(const ActivationSampler& inputs) {
  const torch::NoGradGuard no_gradient;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (Quantizer* activations = layers_[i].activations.get())
      naming_layer(layers_[i].name, "input", [&] { activations->calibrate(inputs.sample(i)); });
    if (Quantizer* second = layers_[i].second.get())
      naming_layer(layers_[i].name, "second input",
                   [&] { second->calibrate(inputs.second_sample(i)); });
    else
      correct_rounding(i, inputs.channel_means(i));
  }
}

bool QuantizedNetwork::set_bias_correction(std::size_t layer, const Tensor& shift) {
  if (!weights::corrected_parameter(network_->graph(), network_->layer_node(layer))) return false;
  layers_.at(layer).bias_correction = shift;
  return true;
}

void QuantizedNetwork::correct_rounding(std::size_t layer, const Tensor& input_means) {
  const graph::NodeId node = network_->layer_node(layer);
  const auto place = weights::corrected_parameter(network_->graph(), node);
  // SqueezeNet, whose convolutions have biases alone, loses by it at 8/8.
  const bool is_linear = network_->graph().node(node).op.is<graph::Linear>();
  if (!place || (place->ends_with(".bias") && !is_linear)) return;
  const Tensor weights = network_->layer_weight(layer);
  // out x (in / groups), summed over the kernel.
  const Tensor error = (layers_[layer].weights->quantize(weights) - weights)
                           .reshape({weights.size(0), weights.size(1), -1})
                           .sum(2);
  const std::int64_t groups = input_means.numel() / error.size(1);
  const Tensor means = input_means.reshape({groups, 1, error.size(1)});
  const Tensor shift = (error.reshape({groups, -1, error.size(1)}) * means).sum(2).flatten();
  set_bias_correction(layer, -shift);
}

weights::BiasCorrections QuantizedNetwork::corrections() const {
  weights::BiasCorrections result;
  for (const Layer& layer : layers_)
    if (layer.bias_correction.defined()) result[layer.name] = from_torch(layer.bias_correction);
  return result;
}

weights::Parameters QuantizedNetwork::corrected_parameters() const {
  return weights::corrected(network_->graph(), network_->parameters(), corrections());
}

void QuantizedNetwork::absorb_corrections() {
  network_->load(corrected_parameters());
  drop_corrections();
}

void QuantizedNetwork::drop_corrections() {
  for (Layer& layer : layers_) layer.bias_correction = Tensor();
}

template <class Visit>
void QuantizedNetwork::each_state(const Visit& visit) const {
  for (const Layer& layer : layers_) {
    if (layer.weights) visit(fmt::format("quantizer.{}.weights.", layer.name), *layer.weights);
    if (layer.second) visit(fmt::format("quantizer.{}.second.", layer.name), *layer.second);
    if (layer.activations)
      visit(fmt::format("quantizer.{}.activations.", layer.name), *layer.activations);
  }
}

weights::Parameters QuantizedNetwork::state() const {
  weights::Parameters result;
  each_state([&](const std::string& start, Quantizer& quantizer) {
    for (const auto& [name, tensor] : quantizer.state()) result[start + name] = from_torch(tensor);
  });
  for (const auto& [layer, correction] : corrections())
    result[weights::correction_tensor(layer)] = correction;
  return result;
}

void QuantizedNetwork::load_state(const weights::TensorFile& file) {
  each_state([&](const std::string& start, Quantizer& quantizer) {
    for (const auto& [name, tensor] : quantizer.state()) {
      const weights::Tensor stored = weights::real_tensor(file, start + name);
      try {
        quantizer.load(name, to_torch(stored));
      } catch (const UserError& unfit) {
        throw unfit.with_text(
            file.error(fmt::format("tensor '{}': {}", file.stored_name(start + name), unfit.what()))
                .what());
      }
    }
  });
  const weights::BiasCorrections stored = weights::read_corrections(network_->graph(), file);
  for (Layer& layer : layers_) {
    const auto found = stored.find(layer.name);
    layer.bias_correction = found == stored.end() ? Tensor() : to_torch(found->second);
  }
}

std::vector<std::pair<std::string, Tensor>> QuantizedNetwork::learned() const {
  std::vector<std::pair<std::string, Tensor>> result;
  each_state([&](const std::string& start, Quantizer& quantizer) {
    for (const auto& [name, tensor] : quantizer.state())
      if (tensor.requires_grad()) result.emplace_back(start + name, tensor);
  });
  return result;
}

Tensor QuantizedNetwork::penalty() const {
  Tensor sum;
  each_state([&](const std::string&, Quantizer& quantizer) {
    const Tensor each = quantizer.penalty();
    if (each.defined()) sum = sum.defined() ? sum + each : each;
  });
  return sum;
}

void QuantizedNetwork::at_step(const TrainingTime& time) {
  const auto call = [&](Quantizer& quantizer, const Tensor& weights) {
    if (time.begins_epoch) quantizer.at_epoch(time, weights);
    quantizer.at_step(time, weights);
  };
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].weights) call(*layers_[i].weights, network_->layer_weight(i).detach());
    if (layers_[i].second) call(*layers_[i].second, Tensor());
    if (layers_[i].activations) call(*layers_[i].activations, Tensor());
  }
}

void QuantizedNetwork::after_step() {
  each_state([](const std::string&, Quantizer& quantizer) { quantizer.after_step(); });
}

bool QuantizedNetwork::settled() const {
  bool all = true;
  each_state([&](const std::string&, Quantizer& quantizer) { all = all && quantizer.settled(); });
  return all;
}

std::vector<LayerLevels> QuantizedNetwork::levels() const {
  const torch::NoGradGuard no_gradient;
  std::vector<LayerLevels> result;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    LayerLevels& levels = result.emplace_back();
    levels.name = layer.name;
    levels.bits = quantization_.policy[i];
    levels.filters = quantization_.filters_of(i);
    levels.signed_activations = layer.activation_type.encoding == integer::Encoding::kSigned;
    if (layer.activations) levels.activation_scale = layer.activations->activation_scale();
    if (layer.second) {
      levels.second_scale = layer.second->activation_scale();
      continue;
    }
    const Tensor& weights = network_->layer_weight(i);
    const Tensor error = layer.weights->quantize(weights) - weights;
    levels.weight_error = (error.norm() / weights.norm()).item<double>();
  }
  return result;
}

}  // namespace bitloom::nn
