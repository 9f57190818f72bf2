#include "models/torch/training_loss.h"

namespace bitloom::nn {

torch::Tensor TrainingLoss::taught(const torch::Tensor& images) const {
  if (!distillation_.teacher) return {};
  const torch::NoGradGuard no_gradient;
  return distillation_.teacher->forward(images);
}

torch::Tensor TrainingLoss::of(const torch::Tensor& outputs, const torch::Tensor& labels,
                               const torch::Tensor& taught) const {
  constexpr std::int64_t kIgnoredLabel = -100;  // LibTorch's default
  const torch::Tensor labelled = torch::cross_entropy_loss(
      outputs, labels, /*weight=*/{}, at::Reduction::Mean, kIgnoredLabel, label_smoothing_);
  if (!taught.defined()) return labelled;
  const double t = distillation_.temperature, weight = distillation_.weight;
  const torch::Tensor log_wanted = torch::log_softmax(taught / t, 1);
  const torch::Tensor log_got = torch::log_softmax(outputs / t, 1);
  const torch::Tensor divergence = (log_wanted.exp() * (log_wanted - log_got)).sum(1).mean();
  return (1 - weight) * labelled + weight * t * t * divergence;
}

}  // namespace bitloom::nn
