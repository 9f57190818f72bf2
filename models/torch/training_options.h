#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace bitloom::nn {

/// What a training's gradient descent is told. Nothing here includes LibTorch.

/// How the learning rate goes: it rises in equal steps while a training warms up, and falls then.
struct RateSchedule {
  enum class Shape {
    kCosine,      // to 0: start / 2 (1 + cos(pi t)), t from 0 to 1 behind the warm-up
    kSteps,       // times `factor` at each of `at_epochs`
    kPolynomial,  // to 0: start (1 - t)^power
  };
  double start = 0.1;
  Shape shape = Shape::kCosine;
  std::vector<std::int64_t> at_epochs = {};  // epochs that have passed
  double factor = 0.1;
  double power = 1;
  std::int64_t warm_up_epochs = 0;
  /// Of how many the epochs above are: in a training of more or fewer they lie at the same shares.
  std::int64_t of_epochs = 20;
};

/// The rate at `step` of `steps`, from 0.
double rate_at(const RateSchedule& schedule, std::int64_t step, std::int64_t steps);

/// Twice what is added to the loss for a square: g += decay p, of tensors p of a kind.
struct WeightDecay {
  double weights = 5e-4;  // of convolutions and linear layers
  double norms = 0;       // of batch norms and biases
  /// Of what quantizers learn, in place of penalties of their own; nothing: these stay.
  std::optional<double> levels = {};
};

enum class OptimizerKind { kSgd, kNesterov, kAdam };

struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::kSgd;
  static constexpr double kMostMomentum = 0.9999;  // at 1 old gradients never fade
  double momentum = 0.9;  // of Adam beta_1; its beta_2 is 0.999, its epsilon 1e-8
  WeightDecay decay = {};
};

}  // namespace bitloom::nn
