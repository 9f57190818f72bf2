#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <torch/types.h>

#include "models/integer/codes.h"

namespace bitloom::nn {

using torch::Tensor;

/// Levels as integers: value = code * scale, with one scale for the tensor or one for each output
/// channel (dimension 0).
struct Codes {
  integer::CodeType type;
  torch::Tensor codes;         // int32, the values' shape
  std::vector<double> scales;  // positive
};

/// What a quantizer is made for.
struct QuantizerTask {
  enum class Role { kWeights, kActivations };
  enum class Granularity { kLayer, kChannel };

  Role role = Role::kWeights;
  int bits = 8;                                   // 1..16
  bool is_signed = true;                          // whether values below 0 occur
  Granularity granularity = Granularity::kLayer;  // of weights: a range for each output channel
};

/// One tensor's quantizer: brings values to at most 2^bits levels, with a gradient, and may learn
/// its levels. A network has one for each layer's weights and one for each layer's input.
class Quantizer {
 public:
  virtual ~Quantizer() = default;

  /// Sets the levels for `values`: the weights, or a sample of the activations (of any shape).
  /// A UserError where they are not finite and levels depend on them.
  virtual void calibrate(const torch::Tensor& values) = 0;
  /// `values` on their levels, in the same shape. Gradients flow to the values and to
  /// what is learned of state().
  virtual torch::Tensor quantize(const torch::Tensor& values) = 0;
  /// The levels of `values` as codes; nothing where the levels are no integer multiples of a scale.
  virtual std::optional<Codes> codes(const torch::Tensor& values) = 0;
  /// For activations: what codes are multiplied with, without needing values. Nothing as above, and
  /// for weights.
  virtual std::optional<double> activation_scale() const { return std::nullopt; }

  /// Tensors that the quantizer keeps, by name; those that are learned require a gradient. What
  /// only calibrate() decides has no element before it. They are stored with the weights.
  virtual std::vector<std::pair<std::string, torch::Tensor>> state() const { return {}; }
  /// Sets the tensor of state() called `name`, which stays the same object, to a copy of `values`.
  /// A UserError names a state that there is not, or what its values must be; that they are of
  /// other weights is found by the first quantize().
  void load(const std::string& name, const torch::Tensor& values);
  /// What an optimizer adds to the loss for what is learned: PACT's penalty on its clipping levels;
  /// undefined where there is none.
  virtual torch::Tensor penalty() const { return {}; }

 protected:
  /// What `values` must be to be the state `name`; nothing where they are.
  virtual std::optional<std::string> missed_by(const std::string& /*name*/,
                                               const torch::Tensor& /*values*/) const {
    return std::nullopt;
  }
};

/// A way to quantize a network: how weights and how activations are.
struct QuantizerScheme {
  std::string_view name;
  std::string_view doc;                    // one line: what, by whom
  QuantizerTask::Granularity granularity;  // of weights, by default
  bool needs_training;                     // whether networks lose all that they know without
  std::unique_ptr<Quantizer> (*weights)(const QuantizerTask&);
  std::unique_ptr<Quantizer> (*activations)(const QuantizerTask&);
};

/// All schemes, in the order in which `list quantizers` prints them.
const std::vector<QuantizerScheme>& quantizer_schemes();

/// The scheme `name`; an unknown name is answered with the nearest known ones.
const QuantizerScheme& quantizer_scheme(std::string_view name);

}  // namespace bitloom::nn
