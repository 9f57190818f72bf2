#include "search/measure/output_change.h"

namespace bitloom::search {

torch::Tensor output_change(OutputChange what, const torch::Tensor& real,
                            const torch::Tensor& lowered, const torch::Tensor& labels) {
  const torch::Tensor z = real.to(torch::kFloat64), moved = lowered.to(torch::kFloat64);
  if (what == OutputChange::kNoise) return (moved - z).square().sum(1);
  const torch::Tensor log_p = torch::log_softmax(z, 1), log_q = torch::log_softmax(moved, 1);
  if (what == OutputChange::kDivergence) return (log_p.exp() * (log_p - log_q)).sum(1);
  return (log_p - log_q).gather(1, labels.unsqueeze(1)).squeeze(1);
}

}  // namespace bitloom::search
