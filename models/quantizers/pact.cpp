// PACT (Choi et al. 2018, arXiv:1805.06085, sec. 3): activations clipped at a learned alpha.
#include "models/quantizers/pact.h"

#include <cmath>

#include <torch/csrc/autograd/custom_function.h>

#include "models/quantizers/least_error.h"

namespace bitloom::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::tensor_list;

/// Of the penalty kDecay / 2 * alpha^2, whose gradient is a weight decay's. The paper gives alpha
/// the decay of the weights (sec. 3.2). Assumption: 2e-4, as small networks' weights have.
constexpr double kDecay = 2e-4;

/// What alpha clips at: it must not pass 0 on its way.
Tensor clipping(const Tensor& alpha) {
  return alpha.detach().clamp_min(PactActivations::kLeastAlpha);
}

struct Clip : Function<Clip> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& alpha,
                        const LinearLevels& levels) {
    context->save_for_backward({x, alpha});
    context->saved_data["lowest"] = levels.lowest / static_cast<double>(levels.steps);
    return rounded(x, clipping(alpha).to(x.device()), levels);
  }

  /// dx = 1 in (0, alpha), dalpha = 1 at and above alpha (eq. 3). Signed, with the lowest level
  /// l alpha: dx = 1 in (l alpha, alpha), dalpha = l at and below l alpha.
  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor& gradient = gradients[0];
    const Tensor& x = saved[0];
    const float alpha = clipping(saved[1]).item<float>();
    const auto l = static_cast<float>(context->saved_data["lowest"].toDouble());
    const float end = -l * alpha;
    Tensor to_alpha = torch::threshold_backward(gradient, x, std::nextafter(alpha, 0.0F)).sum();
    if (l < 0)
      to_alpha += l * torch::threshold_backward(gradient, -x, std::nextafter(end, 0.0F)).sum();
    return {torch::hardtanh_backward(gradient, x, -end, alpha),
            to_alpha.to(saved[1].device()).reshape(saved[1].sizes()), Tensor()};
  }
};

}  // namespace

void PactActivations::calibrate(const Tensor& x) {
  const torch::NoGradGuard no_gradient;
  require_finite(x);
  alpha_.copy_(least_error_range(x.detach(), levels()).reshape({}));
}

Tensor PactActivations::quantize(const Tensor& x) { return Clip::apply(x, alpha_, levels()); }

Tensor PactActivations::penalty() const { return kDecay / 2 * alpha_.square(); }

void PactActivations::after_step() { keep_from(alpha_, kLeastAlpha); }

Tensor PactActivations::range() const { return clipping(alpha_); }

std::optional<std::string> PactActivations::missed_by(const std::string&,
                                                      const Tensor& values) const {
  return missed_as_ranges(values, QuantizerTask::Granularity::kLayer);
}

QuantizerKind pact_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "pact",
          .doc = "PACT: clipped at a learned level",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<PactActivations>(task, activation_levels(task));
          },
          .source = "Choi 2018, arXiv:1805.06085",
          .learned = "alpha",
          .partner = "dorefa"};
}

}  // namespace bitloom::nn
