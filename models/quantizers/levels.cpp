#include "models/quantizers/levels.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <torch/csrc/autograd/custom_function.h>

#include "base/error.h"
#include "models/weights/safetensors.h"

namespace bitloom::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::tensor_list;

Tensor scale_of(const Tensor& range, const LinearLevels& levels) {
  return range.detach() / levels.steps;
}

struct StraightThrough : Function<StraightThrough> {
  static Tensor forward(AutogradContext*, const Tensor&, const Tensor& levels) { return levels; }
  static tensor_list backward(AutogradContext*, const tensor_list& gradients) {
    return {gradients[0], Tensor()};
  }
};

struct StraightThroughInside : Function<StraightThroughInside> {
  static Tensor forward(AutogradContext* context, const Tensor& values, const Tensor& range,
                        const LinearLevels& levels) {
    const double steps = levels.steps;
    const Tensor ends[] = {range * (levels.lowest / steps), range * (levels.highest / steps)};
    context->save_for_backward(
        {values, torch::minimum(ends[0], ends[1]), torch::maximum(ends[0], ends[1])});
    return rounded(values, range, levels);
  }
  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    return {gradient_between(gradients[0], saved[0], saved[1], saved[2]), Tensor(), Tensor()};
  }

 private:
  /// `gradient` where lowest <= values <= highest, 0 elsewhere.
  static Tensor gradient_between(const Tensor& gradient, const Tensor& values, const Tensor& lowest,
                                 const Tensor& highest) {
    if (lowest.numel() > 1)
      return gradient.masked_fill((values < lowest).logical_or_(values > highest), 0);
    // A single pass, which leaves its bounds out.
    return torch::hardtanh_backward(gradient, values,
                                    std::nextafter(lowest.item<float>(), -INFINITY),
                                    std::nextafter(highest.item<float>(), INFINITY));
  }
};

void require_fit(bool fits, const std::string& name, const Tensor& state, const Tensor& values) {
  if (!fits)
    throw UserError(fmt::format("quantizer state '{}': is {}, the weights are {}", name,
                                weights::to_text(state.sizes().vec()),
                                weights::to_text(values.sizes().vec())));
}

void ensure_bits(int bits) { ensure(bits >= 1 && bits <= 16, "levels have between 1 and 16 bits"); }

}  // namespace

LinearLevels unsigned_levels(int bits) {
  ensure_bits(bits);
  const int highest = (1 << bits) - 1;
  return {integer::unsigned_codes(bits), 0, highest, highest};
}

LinearLevels signed_levels(int bits) {
  ensure_bits(bits);
  const int highest = (1 << (bits - 1)) - 1;
  return {integer::signed_codes(bits), -highest - 1, highest, std::max(highest, 1)};
}

LinearLevels symmetric_levels(int bits) {
  LinearLevels levels = signed_levels(bits);
  levels.lowest = -levels.steps;
  return levels;
}

LinearLevels activation_levels(const QuantizerTask& task) {
  return task.is_signed ? signed_levels(task.bits) : unsigned_levels(task.bits);
}

void require_finite(const Tensor& values) {
  if (!std::isfinite(values.detach().abs().max().item<double>()))
    throw UserError("not all values are finite, a quantizer cannot be calibrated");
}

Tensor usable_range(const Tensor& range) {
  constexpr double kSmallest = 1e-30;
  return torch::where(range > kSmallest, range, torch::ones_like(range));
}

std::optional<std::string> missed_as_ranges(const Tensor& values,
                                            QuantizerTask::Granularity granularity) {
  constexpr double kMost = 1e30;
  const Tensor wrong =
      values.masked_select(((values > 0).logical_and_(values <= kMost)).logical_not_());
  if (wrong.numel() > 0)
    return fmt::format("positive numbers of at most {:g}, got {:g}", kMost,
                       wrong[0].item<double>());
  const bool is_layer = granularity == QuantizerTask::Granularity::kLayer;
  if (values.numel() == 0 || (is_layer && values.numel() != 1))
    return is_layer ? "one number" : "numbers";
  return std::nullopt;
}

void keep_from(const Tensor& learned, double least) {
  const torch::NoGradGuard no_gradient;
  Tensor kept = learned;
  kept.clamp_min_(least);
}

Tensor largest_magnitude(const Tensor& values, QuantizerTask::Granularity granularity) {
  const Tensor magnitudes = values.detach().abs();
  if (granularity == QuantizerTask::Granularity::kLayer) return magnitudes.max();
  std::vector<std::int64_t> within_channel;
  for (std::int64_t d = 1; d < values.dim(); ++d) within_channel.push_back(d);
  return magnitudes.amax(within_channel, /*keepdim=*/true);
}

Tensor rows_of(const Tensor& values, QuantizerTask::Granularity granularity) {
  const bool is_one = granularity == QuantizerTask::Granularity::kLayer;
  return is_one ? values.reshape({1, -1}) : values.flatten(1);
}

Tensor range_of_rows(const Tensor& rows, const Tensor& values,
                     QuantizerTask::Granularity granularity) {
  if (granularity == QuantizerTask::Granularity::kLayer) return rows.reshape({});
  std::vector<std::int64_t> shape(static_cast<std::size_t>(values.dim()), 1);
  shape[0] = values.size(0);
  return rows.reshape(shape);
}

void require_range_of(const std::string& name, const Tensor& state, const Tensor& values) {
  const bool fits =
      state.numel() == 1 || (state.dim() == values.dim() && state.numel() == state.size(0) &&
                             state.size(0) == values.size(0));
  require_fit(fits, name, state, values);
}

void require_one_for_each(const std::string& name, const Tensor& state, const Tensor& values) {
  require_fit(state.sizes() == values.sizes(), name, state, values);
}

Tensor nearest_codes(const Tensor& values, const Tensor& range, const LinearLevels& levels) {
  return values.detach()
      .div(scale_of(range, levels))
      .clamp_(levels.lowest, levels.highest)
      .round_();
}

Tensor rounded(const Tensor& values, const Tensor& range, const LinearLevels& levels) {
  return nearest_codes(values, range, levels).mul_(scale_of(range, levels));
}

Tensor nearest_levels(const Tensor& values, const Tensor& range, const LinearLevels& levels) {
  return StraightThroughInside::apply(values, range, levels);
}

Codes codes_of(const Tensor& values, const Tensor& range, const LinearLevels& levels) {
  const Tensor scales = scale_of(range, levels).to(torch::kDouble).cpu().contiguous();
  return {levels.type,
          nearest_codes(values, range, levels).to(torch::kInt),
          {scales.data_ptr<double>(), scales.data_ptr<double>() + scales.numel()}};
}

Tensor straight_through(const Tensor& values, const Tensor& levels) {
  return StraightThrough::apply(values, levels.detach());
}

Tensor kept_within(const Tensor& values, double least, double most) {
  return straight_through(values, values.detach().clamp(least, most));
}

}  // namespace bitloom::nn
