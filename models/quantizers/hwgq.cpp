// Half-wave Gaussian quantization (Cai et al. 2017, arXiv:1702.00953): the uniform levels that lose
// least of a Gaussian whose negative half a ReLU cut off.
#include <cmath>
#include <numbers>

#include "models/quantizers/linear_quantizer.h"

namespace bitloom::nn {
namespace {

double density(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi); }
double above(double x) { return std::erfc(x / std::numbers::sqrt2) / 2; }

/// The Delta that loses least of the positive half of a unit Gaussian on Delta, 2 Delta .. n Delta:
/// 0.538 for 3. The derivative of the loss is 0 where
///   sum_i phi(a_i) = Delta sum_i (2i - 1) P(x > a_i), i = 1..n,
/// with a_1 = 0 and a_i = (i - 1/2) Delta, where the cells of the levels begin.
double unit_step(int n) {
  const auto is_too_small = [n](double delta) {
    double masses = density(0), squares = above(0);
    for (int i = 2; i <= n; ++i) {
      masses += density((i - 0.5) * delta);
      squares += (2 * i - 1) * above((i - 0.5) * delta);
    }
    return masses > delta * squares;
  };
  double low = 0, high = 1;
  for (int halvings = 0; halvings < 50; ++halvings) {
    const double middle = (low + high) / 2;
    (is_too_small(middle) ? low : high) = middle;
  }
  return low;
}

/// Levels 0, Delta .. n Delta. The gradient is a clipped ReLU's, 1 from 0 to n Delta.
///
/// Assumptions: the paper's values are of unit variance, behind a batch norm; here Delta is
/// multiplied by the standard deviation of the Gaussian whose half the sample would be. Values
/// below Delta / 2 become 0, as hardware rounds, where the paper has Delta. Signed values are a
/// whole Gaussian, on the levels of both signs.
Tensor gaussian_range(const Tensor& values, const QuantizerTask& task, const LinearLevels& levels) {
  const double halves = task.is_signed ? 1 : 2;
  return (values.square().mean() * halves).sqrt() * (levels.steps * unit_step(levels.steps));
}

}  // namespace

QuantizerKind hwgq_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "hwgq",
          .doc = "HWGQ: the uniform step that suits a half-wave Gaussian best",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<CalibratedQuantizer>(task, activation_levels(task),
                                                         gaussian_range);
          },
          .source = "Cai 2017, arXiv:1702.00953"};
}

}  // namespace bitloom::nn
