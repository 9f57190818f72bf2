#include "models/quantizers/learned_step.h"

#include <algorithm>
#include <cmath>

#include <torch/csrc/autograd/custom_function.h>

#include "base/error.h"

namespace bitloom::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::tensor_list;

/// `gradient` where lower < x < upper, 0 elsewhere.
Tensor gradient_inside(const Tensor& gradient, const Tensor& x, const Tensor& lower,
                       const Tensor& upper) {
  if (lower.numel() > 1) return gradient.masked_fill((x <= lower).logical_or_(x >= upper), 0);
  return torch::hardtanh_backward(gradient, x, lower.item(), upper.item());  // a single pass
}

struct LearnedStep : Function<LearnedStep> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& step,
                        const LinearLevels& levels, double margin) {
    const Tensor y = rounded(x, step, levels);
    context->save_for_backward({x, step, y});
    context->saved_data["lower"] = levels.lowest - margin;
    context->saved_data["upper"] = levels.highest + margin;
    return y;
  }

  /// s dy/ds is y - x inside and y outside, so that one sum gives it.
  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor& gradient = gradients[0];
    const Tensor &x = saved[0], &step = saved[1], &y = saved[2];
    const Tensor to_x = gradient_inside(gradient, x, step * context->saved_data["lower"].toDouble(),
                                        step * context->saved_data["upper"].toDouble());
    const Tensor to_step = (gradient * y).sub_(to_x * x).sum_to_size(step.sizes()) / step;
    return {to_x, to_step, Tensor(), Tensor()};
  }
};

struct ScaledGradient : Function<ScaledGradient> {
  static Tensor forward(AutogradContext* context, const Tensor& values, double factor) {
    context->saved_data["factor"] = factor;
    return values.clone();
  }
  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    return {gradients[0] * context->saved_data["factor"].toDouble(), Tensor()};
  }
};

struct BoundedGradient : Function<BoundedGradient> {
  static Tensor forward(AutogradContext* context, const Tensor& values, const Tensor& limit) {
    context->save_for_backward({limit});
    return values.clone();
  }
  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const Tensor limit = context->get_saved_variables()[0];
    return {gradients[0].minimum(limit).maximum(-limit), Tensor()};
  }
};

}  // namespace

LinearLevels in_steps(const LinearLevels& levels) {
  return {levels.type, levels.lowest, levels.highest, 1};
}

Tensor learned_step(const Tensor& x, const Tensor& step, const LinearLevels& levels,
                    double margin) {
  return LearnedStep::apply(x, step, levels, margin);
}

double shared_gradient_scale(const Tensor& values, const Tensor& shared, const QuantizerTask& task,
                             const LinearLevels& levels) {
  const bool has_images = task.role == QuantizerTask::Role::kActivations && values.dim() > 1;
  const std::int64_t sharers = has_images ? values.size(0) : shared.numel();
  const auto each = static_cast<double>(values.numel()) / static_cast<double>(sharers);
  return 1 / std::sqrt(each * std::max(levels.highest, 1));
}

Tensor with_gradient_scaled(const Tensor& values, double factor) {
  return ScaledGradient::apply(values, factor);
}

Tensor with_gradient_within(const Tensor& values, const Tensor& limit) {
  return BoundedGradient::apply(values, limit.detach());
}

void LearnedStepQuantizer::calibrate(const Tensor& values) {
  const torch::NoGradGuard no_gradient;
  require_finite(values);
  const Tensor first = this->first(rows_of(values.detach(), task().granularity));
  learned_.set_data(range_of_rows(first, values, task().granularity));
}

Tensor LearnedStepQuantizer::learned_for(const Tensor& values) const {
  ensure(learned_.numel() > 0, "a quantizer is calibrated or loaded before it quantizes");
  require_range_of(name_, learned_, values);
  return learned_.to(values.device());
}

Tensor LearnedStepQuantizer::range() const {
  ensure(learned_.numel() > 0, "a quantizer is calibrated or loaded before it quantizes");
  const torch::NoGradGuard no_gradient;
  return step(learned_);
}

std::optional<std::string> LearnedStepQuantizer::missed_by(const std::string&,
                                                           const Tensor& values) const {
  return missed_as_ranges(values, task().granularity);
}

}  // namespace bitloom::nn
