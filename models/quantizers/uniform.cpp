// Min-max quantization: the range is the largest absolute value, so that nothing is clipped.
#include "models/quantizers/linear_quantizer.h"
#include "models/quantizers/makers.h"

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

MadeQuantizer uniform_weights(const QuantizerTask& task) {
  if (task.bits == 1) return bipolar_weights(task);
  return std::make_unique<UniformWeights>(task);
}

MadeQuantizer uniform_activations(const QuantizerTask& task) {
  QuantizerTask whole = task;
  whole.granularity = QuantizerTask::Granularity::kLayer;
  return std::make_unique<CalibratedQuantizer>(
      whole, task.is_signed ? signed_levels(task.bits) : unsigned_levels(task.bits), largest);
}

}  // namespace bitloom::nn
