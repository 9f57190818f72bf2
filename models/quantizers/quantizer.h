#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <torch/types.h>

#include "models/integer/codes.h"
#include "models/quantizers/quantizer_table.h"

namespace bitloom::nn {

using torch::Tensor;

/// Levels as integers: value = code * scale, with one scale for the tensor or one for each output
/// channel (dimension 0).
struct Codes {
  integer::CodeType type;
  torch::Tensor codes;         // int32, the values' shape
  std::vector<double> scales;  // not 0; of activations positive
};

/// What a bit of a plane stands for: itself, or -1 and 1.
enum class PlaneBits { kZeroOne, kSigns };

/// Values as sums of binary planes with real coefficients: value = sum_k coefficient_k * bit_k
/// (LQ-Nets, arXiv:1807.10029, eq. 5). Codes times a scale are planes whose coefficients are powers
/// of two times the scale.
struct Planes {
  PlaneBits kind;
  torch::Tensor coefficients;  // double, [1][planes], or [output channels][planes]
  torch::Tensor bits;          // uint8, 0 or 1: [planes], and then the values' shape
};

/// When in a training a hook of its quantizers is called.
struct TrainingTime {
  std::int64_t step = 0, steps = 1;    // the step to come, from 0, and how many there are in all
  std::int64_t epoch = 0, epochs = 1;  // the same of epochs
  bool begins_epoch = true;
};

/// One tensor's quantizer: brings values to at most 2^bits levels, with a gradient, and may learn
/// its levels. A network has one for each layer's weights and one for each layer's input.
///
/// A training calls at_epoch() and at_step() before each of its steps. What they change is a
/// function of the time, or kept in state(): a training that was interrupted goes on from that.
class Quantizer {
 public:
  virtual ~Quantizer() = default;

  /// Sets the levels for `values`: the weights, or a sample of the activations (of any shape).
  /// A UserError where they are not finite and levels depend on them.
  virtual void calibrate(const torch::Tensor& values) = 0;
  /// `values` on their levels, in the same shape. Gradients flow to the values and to
  /// what is learned of state().
  virtual torch::Tensor quantize(const torch::Tensor& values) = 0;
  /// The levels of `values` as codes; nothing where the levels are no integer multiples of a scale,
  /// and for activations where the codes are not values / scale, rounded, as hardware computes
  /// them.
  virtual std::optional<Codes> codes(const torch::Tensor& values) = 0;
  /// For activations: what codes are multiplied with, without needing values. Nothing as above, and
  /// for weights.
  virtual std::optional<double> activation_scale() const { return std::nullopt; }

  /// The levels of `values` as planes: as a rule those of codes(), and nothing where it has none.
  /// Quantizers whose levels are planes without being codes have them here.
  virtual std::optional<Planes> planes(const torch::Tensor& values);

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

  /// Called before the first step of each epoch. `weights` are what it quantizes, as they are then;
  /// undefined for activations.
  virtual void at_epoch(const TrainingTime& /*time*/, const torch::Tensor& /*weights*/) {}
  /// Called before each step, after at_epoch().
  virtual void at_step(const TrainingTime& /*time*/, const torch::Tensor& /*weights*/) {}
  /// Called after each step: brings what is learned back to where quantize() takes it from, so that
  /// nothing else is stored.
  virtual void after_step() {}
  /// Whether it quantizes as it will when trained. What brings values to their levels bit by bit
  /// does not at first, and does at its last step at the latest; a training's best epoch is one
  /// of those since then.
  virtual bool settled() const { return true; }

  /// What `values` must be to be the state `name`; nothing where they are.
  virtual std::optional<std::string> missed_by(const std::string& /*name*/,
                                               const torch::Tensor& /*values*/) const {
    return std::nullopt;
  }
};

}  // namespace bitloom::nn
