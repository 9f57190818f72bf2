#include "models/torch/post_training/post_training.h"

#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "models/torch/post_training/blocks.h"
#include "models/torch/post_training/layer_fit.h"
#include "models/torch/post_training/learned_roundings.h"
#include "models/torch/post_training/output_matching.h"
#include "models/torch/quantized_network.h"

namespace bitloom::nn {
namespace {

/// Chooses each layer's levels when it comes, while images flow through twice at once: first in
/// single precision, then quantized.
class LayerByLayer : public LayerHooks {
 public:
  LayerByLayer(QuantizedNetwork& network, const PostTraining& method)
      : network_(network), method_(method) {}

  Tensor product(std::size_t layer, const LayerOperands& operands,
                 const LayerProduct& compute) override {
    const std::vector<Tensor> in = operands.input.chunk(2, 0);  // real, quantized
    const Tensor weight = operands.weight.detach();
    Quantizer* activations = network_.activation_quantizer(layer);
    if (activations) calibrate(*activations, in[1], layer);
    const graph::NodeId node = network_.network().layer_node(layer);
    const LayerCase each{
        network_.network().graph().node(node).op,           weight, operands.bias, in[0],
        activations ? activations->quantize(in[1]) : in[1], compute};
    const Tensor real = each.real_output();
    fit_weights(layer, each, real);
    const Tensor quantized = each.output_of(network_.weight_quantizer(layer).quantize(weight));
    const Tensor shift = channel_means(real) - channel_means(quantized);
    const bool is_shifted = network_.set_bias_correction(layer, shift);
    return torch::cat(
        {real, is_shifted ? quantized + along_channels(shift, quantized) : quantized});
  }

  /// What the layers' codes were rounded from.
  const std::map<std::size_t, Tensor>& aims() const { return aims_; }

 private:
  void calibrate(Quantizer& activations, const Tensor& sample, std::size_t layer) const {
    try {
      activations.calibrate(sample);
    } catch (const UserError& error) {
      const Network& of = network_.network();
      throw error.with_text(fmt::format("the input of layer '{}': {}",
                                        of.graph().node(of.layer_node(layer)).name, error.what()));
    }
  }

  void fit_weights(std::size_t layer, const LayerCase& each, const Tensor& real) {
    // Weights of one bit are signs, with nothing to choose; other quantizers keep their levels.
    auto* weights = dynamic_cast<LeastErrorWeights*>(&network_.weight_quantizer(layer));
    if (!weights) return;
    FittedLevels levels = method_.fit(each, *weights);
    const bool is_one = weights->granularity() == QuantizerTask::Granularity::kLayer;
    if (method_.matches_variance && !is_one) {
      const Tensor gains = variance_gains(real, each.output_of(levels.codes * levels.scale));
      levels.scale = levels.scale * gains.reshape(levels.scale.sizes());
    }
    weights->fit_to(each.weight, levels.codes, levels.scale);
    aims_[layer] = levels.aim;
  }

  QuantizedNetwork& network_;
  const PostTraining& method_;
  std::map<std::size_t, Tensor> aims_;
};

}  // namespace

void post_train(QuantizedNetwork& network, const PostTraining& method, const Tensor& images,
                const LayerProgress& progress) {
  const torch::NoGradGuard no_gradient;
  Network& of = network.network();
  of.graph().only_input();
  of.graph().only_output();
  Tensor real = images, quantized = images;
  for (const Block& block : blocks_of(of.graph())) {
    LayerByLayer hooks(network, method);
    const std::vector<Tensor> out =
        of.run_between(block.from, block.to, torch::cat({real, quantized}), Mode::kInference, hooks)
            .chunk(2, 0);
    if (method.learns_roundings) {
      learn_roundings(network, block, hooks.aims(), {real, quantized, out[0]});
      quantized =
          of.run_between(block.from, block.to, quantized, Mode::kInference, *network.hooks());
    } else {
      quantized = out[1];
    }
    real = out[0];
    if (progress) progress(block.first_layer + block.layers, of.layers());
  }
}

}  // namespace bitloom::nn
