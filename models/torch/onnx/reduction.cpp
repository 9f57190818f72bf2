// Reductions over dimensions, and what runs along one.
#include <algorithm>
#include <limits>

#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

/// The dimensions to reduce: all where none are named, unless `noop_with_empty_axes`.
Integers reduced_axes(const Call& call) {
  const Tensor& x = call[0];
  const Integers named = call.integers(1, "axes").value_or(Integers{});
  if (!named.empty()) return axes_in(named, x.dim());
  Integers axes;
  if (call.node.integer("noop_with_empty_axes", 0) == 0)
    for (std::int64_t axis = 0; axis < x.dim(); ++axis) axes.push_back(axis);
  return axes;
}

bool keeps_dimensions(const Call& call) { return call.node.integer("keepdims", 1) != 0; }

/// Without dimensions to reduce each element is a sum of its own; LibTorch would reduce all.
Tensor sum_over(const Call& call, const Tensor& x) {
  const Integers axes = reduced_axes(call);
  if (axes.empty()) return x;
  return at::sum(x, axes, keeps_dimensions(call), x.scalar_type());
}

Tensor sum(const Call& call, const Tensor& x) { return sum_over(call, x); }
Tensor sum_of_squares(const Call& call, const Tensor& x) { return sum_over(call, x * x); }
Tensor log_of_sum(const Call& call, const Tensor& x) { return at::log(sum_over(call, x)); }
Tensor sum_of_magnitudes(const Call& call, const Tensor& x) { return sum_over(call, at::abs(x)); }
Tensor length(const Call& call, const Tensor& x) { return at::sqrt(sum_over(call, x * x)); }

Tensor average(const Call& call, const Tensor& x) {
  const Integers axes = reduced_axes(call);
  if (axes.empty()) return x;
  const Tensor real = x.is_floating_point() ? x : x.to(at::kDouble);
  return at::mean(real, axes, keeps_dimensions(call)).to(x.scalar_type());
}

Tensor product(const Call& call, const Tensor& x) {
  Integers axes = reduced_axes(call);
  std::sort(axes.rbegin(), axes.rend());
  Tensor y = x;
  for (const std::int64_t axis : axes)
    y = at::prod(y, axis, keeps_dimensions(call), x.scalar_type());
  return y;
}

Tensor log_of_exponentials(const Call& call, const Tensor& x) {
  const Integers axes = reduced_axes(call);
  const Tensor real = x.is_floating_point() ? x : x.to(at::kDouble);
  if (axes.empty()) return x;
  return at::logsumexp(real, axes, keeps_dimensions(call)).to(x.scalar_type());
}

/// The extreme of no elements: infinity, or what comes nearest to it in the type.
Tensor extreme_of_none(const Call& call, const Tensor& x, bool is_greatest) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Tensor of_ones = at::sum(x, reduced_axes(call), keeps_dimensions(call), at::kDouble);
  const Tensor y = at::full_like(of_ones, is_greatest ? -infinity : infinity);
  if (x.is_floating_point()) return y.to(x.scalar_type());
  const auto [least, most] = limits_of(call.type(0));
  return at::full_like(of_ones, static_cast<double>(is_greatest ? least : most))
      .to(x.scalar_type());
}

template <Tensor (*function)(const Tensor&, at::IntArrayRef, bool), bool is_greatest>
Tensor extreme(const Call& call, const Tensor& x) {
  const Integers axes = reduced_axes(call);
  if (axes.empty()) return x;
  if (x.numel() == 0 && x.scalar_type() != at::kBool) return extreme_of_none(call, x, is_greatest);
  return function(x, axes, keeps_dimensions(call));
}

template <Tensor (*function)(const Call&, const Tensor&)>
Outputs reduce(const Call& call) {
  return {function(call, call[0])};
}

/// Where the extreme lies along the axis: first of equals, or last with `select_last_index`.
template <Tensor (*function)(const Tensor&, c10::optional<std::int64_t>, bool)>
Outputs place_of_extreme(const Call& call) {
  const std::int64_t axis = call.axis("axis", 0, call[0].dim());
  if (call.node.integer("select_last_index", 0) == 0)
    return {function(call[0], axis, keeps_dimensions(call))};
  const Tensor from_end = function(at::flip(call[0], axis), axis, keeps_dimensions(call));
  return {call[0].size(axis) - 1 - from_end};
}

const Operator kReductions[] = {
    {"", "ArgMax", place_of_extreme<at::argmax>},
    {"", "ArgMin", place_of_extreme<at::argmin>},
    {"", "ReduceL1", reduce<sum_of_magnitudes>},
    {"", "ReduceL2", reduce<length>},
    {"", "ReduceLogSum", reduce<log_of_sum>},
    {"", "ReduceLogSumExp", reduce<log_of_exponentials>},
    {"", "ReduceMax", reduce<extreme<at::amax, true>>},
    {"", "ReduceMean", reduce<average>},
    {"", "ReduceMin", reduce<extreme<at::amin, false>>},
    {"", "ReduceProd", reduce<product>},
    {"", "ReduceSum", reduce<sum>},
    {"", "ReduceSumSquare", reduce<sum_of_squares>},
};

}  // namespace

Operators reduction_operators() { return kReductions; }

}  // namespace bitloom::nn::onnx
