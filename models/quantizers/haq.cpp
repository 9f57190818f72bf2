// HAQ's linear quantization (Wang et al. 2019, arXiv:1811.08886, sec. 3.4): weights clamped to
// [-T, T], scale T / (2^(b-1) - 1); activations to [0, T], scale T / (2^b - 1), where T minimises
// the KL divergence between the values and the quantized ones. As in the authors' code, T is the
// largest absolute value from 5 bits on.
#include "models/quantizers/bipolar.h"
#include "models/quantizers/kl_clipping.h"
#include "models/quantizers/linear_quantizer.h"

namespace bitloom::nn {
namespace {

constexpr int kFewestUnclippedBits = 5;

Tensor haq_range(const Tensor& values, const QuantizerTask& task, const LinearLevels& levels) {
  Tensor range = largest_magnitude(values, task.granularity);
  if (task.bits >= kFewestUnclippedBits) return range;
  const Tensor all = values.to(torch::kCPU, torch::kFloat).contiguous();
  const std::span<const float> span(all.data_ptr<float>(), static_cast<std::size_t>(all.numel()));
  const Tensor ranges = torch::empty({range.numel()});
  const std::size_t each = span.size() / static_cast<std::size_t>(range.numel());
  for (std::int64_t i = 0; i < range.numel(); ++i)
    ranges[i] = kl_clipping(span.subspan(static_cast<std::size_t>(i) * each, each), levels.steps);
  return ranges.reshape(range.sizes()).to(values.device());
}

}  // namespace

QuantizerKind haq_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "haq",
          .doc = "HAQ: linear, clipped at the least KL divergence below 5 bits",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            if (task.bits == 1) return bipolar_weights(task);
            return std::make_unique<CalibratedQuantizer>(task, symmetric_levels(task.bits),
                                                         haq_range);
          },
          .source = "Wang 2019, arXiv:1811.08886"};
}

QuantizerKind haq_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "haq",
          .doc = "HAQ: linear, clipped at the least KL divergence below 5 bits",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<CalibratedQuantizer>(task, activation_levels(task), haq_range);
          },
          .source = "Wang 2019, arXiv:1811.08886"};
}

}  // namespace bitloom::nn
