// Min-max quantization: the range is the largest absolute value, so that nothing is clipped.
#include "models/quantizers/bipolar.h"
#include "models/quantizers/linear_quantizer.h"

namespace bitloom::nn {
namespace {

/// The range follows the weights as they train; no weight is outside it, so all have gradient 1.
class UniformWeights : public Quantizer {
 public:
  explicit UniformWeights(const QuantizerTask& task)
      : granularity_(task.granularity), levels_(symmetric_levels(task.bits)) {}

  void calibrate(const Tensor&) override {}

  Tensor quantize(const Tensor& w) override {
    return straight_through(w, rounded(w, range(w), levels_));
  }

  std::optional<Codes> codes(const Tensor& w) override { return codes_of(w, range(w), levels_); }

 private:
  Tensor range(const Tensor& w) const { return usable_range(largest_magnitude(w, granularity_)); }

  QuantizerTask::Granularity granularity_;
  LinearLevels levels_;
};

Tensor largest(const Tensor& values, const QuantizerTask&, const LinearLevels&) {
  return largest_magnitude(values, QuantizerTask::Granularity::kLayer);
}

}  // namespace

QuantizerKind uniform_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "uniform",
          .doc = "linear and symmetric, to the greatest magnitude",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            if (task.bits == 1) return bipolar_weights(task);
            return std::make_unique<UniformWeights>(task);
          },
          .granularity = QuantizerTask::Granularity::kChannel};
}

QuantizerKind uniform_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "uniform",
          .doc = "linear, to the greatest magnitude of a sample",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<CalibratedQuantizer>(task, activation_levels(task), largest);
          }};
}

}  // namespace bitloom::nn
