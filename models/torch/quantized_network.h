#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/graph/policy.h"
#include "models/integer/program.h"
#include "models/quantizers/level_codes.h"
#include "models/quantizers/quantizer.h"
#include "models/torch/activation_sampler.h"
#include "models/torch/network.h"
#include "models/torch/quantization.h"
#include "models/weights/bias_correction.h"

namespace bitloom::nn {

/// A network with a quantizer for each layer's weights and one for each layer's input; a product of
/// two activations has one of activations for its second input, at its bits of weights. Runs in
/// real numbers with gradients ("fake quantization"); what it lowers to runs in integers.
class QuantizedNetwork {
 public:
  /// Weights are calibrated here; activations by calibrate() or load_state().
  QuantizedNetwork(std::shared_ptr<Network> network, Quantization quantization);

  torch::Tensor forward(const torch::Tensor& images, Mode mode = Mode::kInference);
  /// What forward() does to the operands of network()'s layers; holds while this object does.
  std::unique_ptr<LayerHooks> hooks();
  /// Sets the levels of all activations to inputs of the layers, as ActivationSampler collects
  /// them, and corrects biases by the mean error that rounding the weights makes: bias -= sum over
  /// the window of (Q(w) - w) E[x] (Nagel et al. 2019, arXiv:1906.04721, section 4.2). The network
  /// keeps its parameters; corrections are state(). A UserError names the layer whose input is not
  /// finite.
  void calibrate(const ActivationSampler& inputs);
  /// Adds the corrections to the network's own biases and batch norms, which then train.
  void absorb_corrections();
  /// Forgets the corrections, for a network whose biases are not its own.
  void drop_corrections();

  /// The layer's quantizers, which keep the levels that are chosen for them: of its weights, null
  /// where the layer has none; of its second input, null where it has weights; of its input, null
  /// where the activations are single precision.
  Quantizer* weight_quantizer(std::size_t layer) { return layers_.at(layer).weights.get(); }
  Quantizer* second_quantizer(std::size_t layer) { return layers_.at(layer).second.get(); }
  Quantizer* activation_quantizer(std::size_t layer) { return layers_.at(layer).activations.get(); }
  /// Adds `shift`, [out], to the layer's outputs from now on. Whether they have a place for it:
  /// weights::corrected_parameter().
  bool set_bias_correction(std::size_t layer, const torch::Tensor& shift);
  /// Undefined: none.
  const torch::Tensor& bias_correction(std::size_t layer) const {
    return layers_.at(layer).bias_correction;
  }

  Network& network() { return *network_; }
  const std::shared_ptr<Network>& shared_network() const { return network_; }
  const Quantization& quantization() const { return quantization_; }
  /// What the quantizers keep, as `quantizer.<layer>.weights.<name>` or `.second.<name>`, and
  /// `.activations.<name>`, and `quantizer.<layer>.bias_correction` where a bias is corrected.
  weights::Parameters state() const;
  /// Takes over what state() gave. A UserError where `file` lacks a tensor or has another shape.
  void load_state(const weights::TensorFile& file);
  /// The quantizers' learned tensors by name.
  std::vector<std::pair<std::string, torch::Tensor>> learned() const;
  /// The sum of their penalties; undefined where none has one.
  torch::Tensor penalty() const;
  /// Calls the quantizers' hooks; before each step of a training.
  void at_step(const TrainingTime& time);
  void after_step();  // calls those of after a step
  /// Whether all of them are settled.
  bool settled() const;

  std::vector<LayerLevels> levels() const;
  /// Why layers have no integers to multiply; nothing where they have. It, and why_no_integers(),
  /// may be asked before levels are set.
  std::optional<std::string> why_no_codes() const;
  /// Why the network does not run in integers: that, or a node without an integer rule.
  std::optional<std::string> why_no_integers() const;
  /// A UserError where sums of a layer overflow the integers' accumulators at its bits, whatever
  /// its levels are. Of a network that runs in integers; it may be asked before levels are set.
  void require_accumulators() const;
  /// Whether an operand of a layer has learned levels: sums of planes with real coefficients,
  /// which integers round. forward() does not.
  bool has_learned_levels() const;
  /// The layers' operands as integers, where nothing speaks against codes; coefficients of learned
  /// levels have `coefficient_bits`.
  std::vector<integer::QuantizedLayer> integer_layers(
      int coefficient_bits = kCoefficientBits) const;
  /// The network in integers, by docs/reference/integer-arithmetic.md, as its batch norms infer.
  integer::Program program(int coefficient_bits = kCoefficientBits) const;

 private:
  class Hooks;
  struct Layer {
    std::string name;
    std::unique_ptr<Quantizer> weights;      // none: it multiplies two activations
    std::unique_ptr<Quantizer> second;       // of which this is the second's
    std::unique_ptr<Quantizer> activations;  // none: single precision
    integer::CodeType activation_type;
    torch::Tensor bias_correction;  // a number for each output channel; undefined: none
  };
  template <class Visit>
  void each_state(const Visit& visit) const;
  void add_weights(Layer& layer, std::size_t at, const QuantizerScheme& scheme);
  void correct_rounding(std::size_t layer, const torch::Tensor& input_means);
  weights::BiasCorrections corrections() const;
  weights::Parameters corrected_parameters() const;

  std::shared_ptr<Network> network_;
  Quantization quantization_;
  std::vector<Layer> layers_;
};

}  // namespace bitloom::nn
