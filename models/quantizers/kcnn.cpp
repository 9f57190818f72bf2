// KCNN (IJCAI 2019): each kernel as a sum of binary planes, with coefficients of its own.
#include "models/quantizers/plane_weights.h"

namespace bitloom::nn {
namespace {

constexpr int kMostKernelRounds = 10;  // at each step of a training

/// sum_k alpha_k b_k. It begins plane by plane, each with the signs and the mean magnitude of what
/// those before leave. Then alpha = (B B^T + d I)^-1 (B w + d alpha) and the nearest sum of each
/// weight alternate, until no weight changes its sum or ten times.
///
/// Assumptions, as only the paper's tables are at hand: a kernel is an output channel's filter, as
/// its counts of weights and multiplications have it; d is LQ-Nets'.
class KernelPlanes : public PlaneWeights {
 public:
  using PlaneWeights::PlaneWeights;

 protected:
  PlaneFit fit(const Tensor& rows) const override {
    std::vector<Tensor> coefficients;
    Tensor left = rows.to(torch::kDouble);
    for (int k = 0; k < bits(); ++k) {
      coefficients.push_back(left.abs().mean(1));
      const Tensor signs = (left >= 0).to(torch::kDouble) * 2 - 1;
      left = left - coefficients.back().unsqueeze(1) * signs;
    }
    return alternated(rows, torch::stack(coefficients, 1), PlaneBits::kSigns, kMostKernelRounds);
  }
};

}  // namespace

QuantizerKind kcnn_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "kcnn",
          .doc = "KCNN: planes of least squared error for each filter",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<KernelPlanes>(task);
          },
          .source = "KCNN, IJCAI 2019",
          .spacing = LevelSpacing::kPlanes,
          .most_bits = 7,
          .granularity = QuantizerTask::Granularity::kChannel};
}

}  // namespace bitloom::nn
