// ABC-Net (Lin, Zhao, Pan 2017, arXiv:1711.11294, sec. 3.1): weights as planes at shifted
// thresholds.
#include "models/quantizers/plane_weights.h"

namespace bitloom::nn {
namespace {

/// sum_m alpha_m B_m with B_m = sign(w - mean(w) + u_m std(w)), u_m from -1 to 1 at equal distances
/// (one plane: 0), and alpha of least squared error.
class ShiftedSignWeights : public PlaneWeights {
 public:
  using PlaneWeights::PlaneWeights;

 protected:
  PlaneFit fit(const Tensor& rows) const override {
    const Tensor centered = rows - rows.mean(1, /*keepdim=*/true);
    const Tensor deviation = centered.square().mean(1, /*keepdim=*/true).sqrt();
    Tensor patterns = torch::zeros_like(rows, torch::kLong);
    for (int m = 0; m < bits(); ++m) {
      const double shift = bits() == 1 ? 0 : 2.0 * m / (bits() - 1) - 1;
      patterns += (centered + shift * deviation >= 0).to(torch::kLong) * (std::int64_t{1} << m);
    }
    const Tensor none = torch::zeros({rows.size(0), bits()}, rows.options().dtype(torch::kDouble));
    return {fitted_basis(rows, patterns, none, PlaneBits::kSigns), patterns};
  }
};

}  // namespace

QuantizerKind abc_net_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "abc-net",
          .doc = "ABC-Net: a plane of signs at each of shifted thresholds",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<ShiftedSignWeights>(task);
          },
          .source = "Lin 2017, arXiv:1711.11294",
          .spacing = LevelSpacing::kPlanes,
          .most_bits = 7,
          .granularity = QuantizerTask::Granularity::kChannel};
}

}  // namespace bitloom::nn
