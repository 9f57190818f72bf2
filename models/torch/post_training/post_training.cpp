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

/// Chooses levels of one layer after the other.
class LevelChooser {
 public:
  LevelChooser(QuantizedNetwork& network, const PostTraining& method)
      : network_(network), method_(method) {}

  /// Calibrates the quantizer of the layer's inputs, if it has one, which it returns.
  Quantizer* calibrate_input(std::size_t layer, const Tensor& sample) const {
    return calibrated(network_.activation_quantizer(layer), "input", layer, sample);
  }
  /// The same of the second inputs of a product of two activations.
  Quantizer* calibrate_second_input(std::size_t layer, const Tensor& sample) const {
    return calibrated(network_.second_quantizer(layer), "second input", layer, sample);
  }
  /// Whether the layer's levels are chosen when its product comes, of which its inputs are part.
  bool has_weights(std::size_t layer) const { return network_.network().has_weights(layer); }

  /// The layer that multiplies `real` in single precision and `quantized` else.
  LayerCase layer_case(std::size_t layer, const LayerOperands& operands, const Tensor& real,
                       const Tensor& quantized, const LayerProduct& compute) const {
    const Network& of = network_.network();
    return {of.graph().node(of.layer_node(layer)).op,
            operands.weight.detach(),
            operands.bias,
            real,
            quantized,
            compute};
  }

  /// Fits the layer's weights to its output in single precision, and then the bias to what is left
  /// of it; returns the output of both.
  Tensor fit(std::size_t layer, const LayerCase& each, const Tensor& real) {
    fit_weights(layer, each, real);
    const Tensor output = each.output_of(network_.weight_quantizer(layer)->quantize(each.weight));
    const Tensor shift = channel_means(real) - channel_means(output);
    const bool is_shifted = network_.set_bias_correction(layer, shift);
    return is_shifted ? output + along_channels(shift, output) : output;
  }

  /// What the layers' weights were fitted to.
  const std::map<std::size_t, FittedLevels>& fitted() const { return fitted_; }

 private:
  Quantizer* calibrated(Quantizer* quantizer, const char* what, std::size_t layer,
                        const Tensor& sample) const {
    if (!quantizer) return nullptr;
    try {
      quantizer->calibrate(sample);
    } catch (const UserError& error) {
      const Network& of = network_.network();
      throw error.with_text(fmt::format("the {} of layer '{}': {}", what,
                                        of.graph().node(of.layer_node(layer)).name, error.what()));
    }
    return quantizer;
  }

  void fit_weights(std::size_t layer, const LayerCase& each, const Tensor& real) {
    // Weights of one bit are signs, with nothing to choose; other quantizers keep their levels.
    auto* weights = dynamic_cast<FittableWeights*>(network_.weight_quantizer(layer));
    if (!weights) return;
    FittedLevels levels = method_.fit(each, *weights);
    if (method_.matches_variance && !weights->has_one_scale()) {
      const Tensor gains = variance_gains(real, each.output_of(levels.codes * levels.scale));
      levels.scale = levels.scale * gains.reshape(levels.scale.sizes());
    }
    weights->fit_to(each.weight, levels.codes, levels.scale);
    fitted_[layer] = std::move(levels);
  }

  QuantizedNetwork& network_;
  const PostTraining& method_;
  std::map<std::size_t, FittedLevels> fitted_;
};

/// Chooses each layer's levels when it comes, while images flow through twice at once: first in
/// single precision, then quantized.
class LayerByLayer : public LayerHooks {
 public:
  explicit LayerByLayer(LevelChooser& levels) : levels_(levels) {}

  Tensor input(std::size_t layer, const Tensor& x) override {
    if (levels_.has_weights(layer)) return x;
    const std::vector<Tensor> in = x.chunk(2, 0);
    return on_levels(in, levels_.calibrate_input(layer, in[1]));
  }
  Tensor second_input(std::size_t layer, const Tensor& x) override {
    const std::vector<Tensor> in = x.chunk(2, 0);
    return on_levels(in, levels_.calibrate_second_input(layer, in[1]));
  }
  Tensor product(std::size_t layer, const LayerOperands& operands,
                 const LayerProduct& compute) override {
    const std::vector<Tensor> in = operands.input.chunk(2, 0);  // real, quantized
    Quantizer* activations = levels_.calibrate_input(layer, in[1]);
    const LayerCase each = levels_.layer_case(
        layer, operands, in[0], activations ? activations->quantize(in[1]) : in[1], compute);
    const Tensor real = each.real_output();
    return torch::cat({real, levels_.fit(layer, each, real)});
  }

 private:
  static Tensor on_levels(const std::vector<Tensor>& in, Quantizer* quantizer) {
    return torch::cat({in[0], quantizer ? quantizer->quantize(in[1]) : in[1]});
  }

  LevelChooser& levels_;
};

/// Chooses each operand's levels when it comes, while images flow through in single precision.
class OperandByOperand : public LayerHooks {
 public:
  OperandByOperand(LevelChooser& levels, std::size_t layers, const LayerProgress& progress)
      : levels_(levels), layers_(layers), progress_(progress) {}

  Tensor input(std::size_t layer, const Tensor& x) override {
    if (!levels_.has_weights(layer)) levels_.calibrate_input(layer, x);
    return x;
  }
  Tensor second_input(std::size_t layer, const Tensor& x) override {
    levels_.calibrate_second_input(layer, x);
    return x;
  }
  Tensor product(std::size_t layer, const LayerOperands& operands,
                 const LayerProduct& compute) override {
    levels_.calibrate_input(layer, operands.input);
    const LayerCase each =
        levels_.layer_case(layer, operands, operands.input, operands.input, compute);
    const Tensor real = each.real_output();
    levels_.fit(layer, each, real);
    if (progress_) progress_(layer + 1, layers_);
    return real;
  }

 private:
  LevelChooser& levels_;
  std::size_t layers_;
  const LayerProgress& progress_;
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
    LevelChooser levels(network, method);
    LayerByLayer hooks(levels);
    const std::vector<Tensor> out =
        of.run_between(block.from, block.to, torch::cat({real, quantized}), Mode::kInference, hooks)
            .chunk(2, 0);
    if (method.learns_roundings) {
      learn_roundings(network, block, levels.fitted(), {real, quantized, out[0]});
      quantized =
          of.run_between(block.from, block.to, quantized, Mode::kInference, *network.hooks());
    } else {
      quantized = out[1];
    }
    real = out[0];
    if (progress) progress(block.first_layer + block.layers, of.layers());
  }
}

void fit_operands_alone(QuantizedNetwork& network, const PostTraining& method, const Tensor& images,
                        const LayerProgress& progress) {
  const torch::NoGradGuard no_gradient;
  LevelChooser levels(network, method);
  OperandByOperand hooks(levels, network.network().layers(), progress);
  network.network().forward(images, Mode::kInference, hooks);
}

}  // namespace bitloom::nn
