// XNOR-Net (Rastegari et al. 2016, arXiv:1603.05279, sec. 3.2): binary weights and binary inputs.
#include <cmath>

#include "base/error.h"
#include "models/quantizers/bnn.h"
#include "models/quantizers/bwn.h"
#include "models/quantizers/levels.h"

namespace bitloom::nn {
namespace {

/// Signs times one number, mean|x| of the sample.
///
/// Assumption: that number takes the place of the paper's K, the box-filtered mean of |x| over the
/// channels of each image, which would be a coefficient for each place of the output.
class ScaledSignActivations : public SignActivations {
 public:
  void calibrate(const Tensor& x) override {
    const torch::NoGradGuard no_gradient;
    require_finite(x);
    scale_.set_data(usable_range(x.detach().abs().mean()));
  }

  std::vector<std::pair<std::string, Tensor>> state() const override { return {{"scale", scale_}}; }

 protected:
  double scale() const override {
    ensure(scale_.numel() > 0, "a quantizer is calibrated or loaded before it quantizes");
    return scale_.item<double>();
  }

  std::optional<std::string> missed_by(const std::string&, const Tensor& values) const override {
    return missed_as_ranges(values, QuantizerTask::Granularity::kLayer);
  }

 private:
  Tensor scale_ = torch::empty({0});
};

}  // namespace

QuantizerKind xnor_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "xnor",
          .doc = "XNOR-Net: BWN's",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<BinaryWeights>(task);
          },
          .source = "Rastegari 2016, arXiv:1603.05279",
          .spacing = LevelSpacing::kOdd,
          .most_bits = 1,
          .granularity = QuantizerTask::Granularity::kChannel};
}

QuantizerKind xnor_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "xnor",
          .doc = "XNOR-Net: signs times mean|x| of a sample",
          .create = [](const QuantizerTask&) -> MadeQuantizer {
            return std::make_unique<ScaledSignActivations>();
          },
          .source = "Rastegari 2016, arXiv:1603.05279",
          .spacing = LevelSpacing::kPlanes,
          .most_bits = 1,
          .needs_training = true};
}

}  // namespace bitloom::nn
