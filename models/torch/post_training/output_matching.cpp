#include "models/torch/post_training/output_matching.h"

namespace bitloom::nn {
namespace {

/// [channels][values].
Tensor by_channel(const Tensor& outputs) { return outputs.transpose(0, 1).flatten(1); }

}  // namespace

Tensor channel_means(const Tensor& outputs) {
  return by_channel(outputs).mean(1, false, torch::kFloat64).to(outputs.scalar_type());
}

Tensor along_channels(const Tensor& each, const Tensor& outputs) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(outputs.dim()), 1);
  shape[1] = each.numel();
  return each.reshape(shape);
}

Tensor variance_gains(const Tensor& real, const Tensor& quantized) {
  constexpr double kMost = 2;
  const Tensor aim = by_channel(real).std(1), is = by_channel(quantized).std(1);
  // Channels that are constant in either have nothing to match.
  const Tensor varies = torch::logical_and(aim > 0, is > 1e-6 * aim);
  return torch::where(varies, (aim / is).clamp(1 / kMost, kMost), torch::ones_like(aim));
}

}  // namespace bitloom::nn
