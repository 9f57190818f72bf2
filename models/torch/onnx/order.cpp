// Sums along an axis, the greatest elements, and distinct ones.
#include <algorithm>

#include "base/error.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

template <Tensor (*function)(const Tensor&, std::int64_t, c10::optional<at::ScalarType>),
          int neutral>
Outputs cumulate(const Call& call) {
  Tensor x = call[0];
  const std::int64_t axis =
      axis_in(call.has(1) ? call[1].item<std::int64_t>() : 0, std::max<std::int64_t>(x.dim(), 1));
  const bool is_reverse = call.node.integer("reverse", 0) != 0;
  if (is_reverse) x = at::flip(x, axis);
  if (call.node.integer("exclusive", 0) != 0 && x.size(axis) > 0) {
    const Tensor first = at::full_like(x.narrow(axis, 0, 1), neutral);
    x = at::cat({first, x.narrow(axis, 0, x.size(axis) - 1)}, axis);
  }
  const Tensor y = function(x, axis, x.scalar_type());
  return {is_reverse ? at::flip(y, axis) : y};
}

/// Equal elements keep their order.
Outputs top(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t axis = call.axis("axis", -1, x.dim());
  const std::int64_t count =
      call.has(1) ? call[1].item<std::int64_t>() : call.node.integer("k", -1);
  if (count < 0 || count > x.size(axis)) throw UserError("k is no count of the elements there");
  const bool is_largest = call.node.integer("largest", 1) != 0;
  const auto [values, places] = at::sort(x, /*stable=*/true, axis, is_largest);
  return {values.narrow(axis, 0, count), places.narrow(axis, 0, count)};
}

/// Distinct elements, or slices along an axis; in the order of their values, or of their places.
Outputs unique(const Call& call) {
  const Tensor& x = call[0];
  const bool is_flat = !call.node.has("axis");
  const std::int64_t axis = is_flat ? 0 : call.axis("axis", 0, x.dim());
  const Tensor slices = is_flat ? x.reshape({-1}) : x.movedim(axis, 0);
  const auto [values, inverse, counts] = at::unique_dim(slices, 0, true, true, true);
  const Integers which = integers_in(inverse);
  Integers first(static_cast<std::size_t>(values.size(0)));
  for (std::size_t i = which.size(); i-- > 0;)
    first[static_cast<std::size_t>(which[i])] = static_cast<std::int64_t>(i);
  Tensor places = at::tensor(first, at::kLong);
  Tensor order = at::arange(values.size(0));
  if (call.node.integer("sorted", 1) == 0) order = at::argsort(places);
  const Tensor rank = at::argsort(order);
  const auto ordered = [&](const Tensor& each) { return each.index_select(0, order); };
  return {ordered(values).movedim(0, axis), ordered(places),
          rank.index_select(0, inverse.reshape({-1})), ordered(counts)};
}

const Operator kOrder[] = {
    {"", "CumProd", cumulate<at::cumprod, 1>},
    {"", "CumSum", cumulate<at::cumsum, 0>},
    {"", "TopK", top},
    {"", "Unique", unique},
};

}  // namespace

Operators order_operators() { return kOrder; }

}  // namespace bitloom::nn::onnx
