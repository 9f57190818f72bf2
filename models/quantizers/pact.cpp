// PACT (Choi et al. 2018, arXiv:1805.06085, sec. 3): activations clipped at a learned alpha.
#include <cmath>

#include <torch/csrc/autograd/custom_function.h>

#include "models/quantizers/linear_quantizer.h"

namespace bitloom::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::tensor_list;

constexpr double kFirstAlpha = 8;
constexpr double kSmallestAlpha = 1e-6;
/// Of the penalty kDecay / 2 * alpha^2, whose gradient is a weight decay's. The paper gives alpha
/// the decay of the weights (sec. 3.2). Assumption: 2e-4, as small networks' weights have.
constexpr double kDecay = 2e-4;

/// What alpha clips at: it must not pass 0 on its way.
Tensor clipping(const Tensor& alpha) { return alpha.detach().clamp_min(kSmallestAlpha); }

struct Clip : Function<Clip> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& alpha,
                        const LinearLevels& levels) {
    context->save_for_backward({x, alpha});
    context->saved_data["is_signed"] = levels.lowest < 0;
    return rounded(x, clipping(alpha).to(x.device()), levels);
  }

  /// dx = 1 in (0, alpha), dalpha = 1 at and above alpha (eq. 3); signed: dx = 1 in (-alpha,
  /// alpha), dalpha = -1 at and below -alpha.
  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor& gradient = gradients[0];
    const Tensor& x = saved[0];
    const float alpha = clipping(saved[1]).item<float>();
    const bool is_signed = context->saved_data["is_signed"].toBool();
    const float just_below = std::nextafter(alpha, 0.0F);
    Tensor to_alpha = torch::threshold_backward(gradient, x, just_below).sum();
    if (is_signed) to_alpha = to_alpha - torch::threshold_backward(gradient, -x, just_below).sum();
    return {torch::hardtanh_backward(gradient, x, is_signed ? -alpha : 0, alpha),
            to_alpha.to(saved[1].device()).reshape(saved[1].sizes()), Tensor()};
  }
};

/// alpha is 8 at first, and the sample's largest absolute value after calibrate().
class PactActivations : public LinearQuantizer {
 public:
  using LinearQuantizer::LinearQuantizer;

  void calibrate(const Tensor& x) override {
    const torch::NoGradGuard no_gradient;
    require_finite(x);
    alpha_.copy_(usable_range(largest_magnitude(x, QuantizerTask::Granularity::kLayer)));
  }

  Tensor quantize(const Tensor& x) override { return Clip::apply(x, alpha_, levels()); }

  std::vector<std::pair<std::string, Tensor>> state() const override { return {{"alpha", alpha_}}; }

  Tensor penalty() const override { return kDecay / 2 * alpha_.square(); }

 protected:
  Tensor range() const override { return clipping(alpha_); }

  std::optional<std::string> missed_by(const std::string&, const Tensor& values) const override {
    if (values.numel() != 1) return "one number";
    return std::nullopt;
  }

 private:
  Tensor alpha_ = torch::full({}, kFirstAlpha, torch::requires_grad());
};

}  // namespace

QuantizerKind pact_activations() {
  return {.role = QuantizerTask::Role::kActivations,
          .name = "pact",
          .doc = "PACT: clipped at a learned level (Choi 2018)",
          .make = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<PactActivations>(
                task, task.is_signed ? symmetric_levels(task.bits) : unsigned_levels(task.bits));
          },
          .partner = "dorefa"};
}

}  // namespace bitloom::nn
