// Elements read and written by their places.
#include <fmt/format.h>

#include <numeric>

#include "base/error.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

/// Places in a dimension of that size, counted from its start; a UserError where one is outside.
Tensor places_in(const Tensor& indices, std::int64_t size) {
  const Tensor whole = indices.to(at::kLong);
  const Tensor places = at::where(whole < 0, whole + size, whole);
  if (places.numel() > 0 && at::logical_or(places < 0, places >= size).any().item<bool>())
    throw UserError(fmt::format("an index lies outside of a dimension of {}", size));
  return places;
}

Outputs gather(const Call& call) {
  const Tensor& x = call[0];
  const std::int64_t axis = call.axis("axis", 0, x.dim());
  const Tensor places = places_in(call[1], x.size(axis));
  Integers dims = x.sizes().vec();
  dims.erase(dims.begin() + axis);
  dims.insert(dims.begin() + axis, places.sizes().begin(), places.sizes().end());
  return {x.index_select(axis, places.reshape({-1})).reshape(dims)};
}

Outputs gather_elements(const Call& call) {
  const std::int64_t axis = call.axis("axis", 0, call[0].dim());
  return {at::gather(call[0], axis, places_in(call[1], call[0].size(axis)))};
}

/// `x` with the greatest or least of what is there and the updates: one update of each line after
/// another.
template <Tensor (*extreme)(const Tensor&, const Tensor&)>
Tensor scattered_extreme(const Tensor& x, std::int64_t axis, const Tensor& places,
                         const Tensor& updates) {
  Tensor y = x.clone();
  for (std::int64_t i = 0; i < places.size(axis); ++i) {
    const Tensor place = places.narrow(axis, i, 1);
    const Tensor there = at::gather(y, axis, place);
    y.scatter_(axis, place, extreme(there, updates.narrow(axis, i, 1)));
  }
  return y;
}

/// By the attribute `reduction`.
Tensor scattered(const Call& call, const Tensor& x, std::int64_t axis, const Tensor& places,
                 const Tensor& updates) {
  const std::string name = call.node.text("reduction", "none");
  if (name == "none") return at::scatter(x, axis, places, updates);
  if (name == "add") return at::scatter_add(x, axis, places, updates);
  if (name == "mul") return at::scatter(x, axis, places, updates, "multiply");
  if (name == "max") return scattered_extreme<at::maximum>(x, axis, places, updates);
  if (name == "min") return scattered_extreme<at::minimum>(x, axis, places, updates);
  throw UserError("unknown reduction '" + name + "' (known: add, max, min, mul, none)");
}

Outputs scatter_elements(const Call& call) {
  const std::int64_t axis = call.axis("axis", 0, call[0].dim());
  const Tensor places = places_in(call[1], call[0].size(axis));
  return {scattered(call, call[0], axis, places, call[2])};
}

std::int64_t product_of(at::IntArrayRef dims) {
  return std::accumulate(dims.begin(), dims.end(), std::int64_t{1}, std::multiplies<>());
}

/// A tensor as rows that tuples of indices name: the batch's dimensions before those named.
struct Rows {
  Tensor rows;          // {batch * named, rest}
  Tensor places;        // {batch * tuples}
  Integers tuple_dims;  // the dimensions of `indices` before the tuples
  Integers row_dims;    // the dimensions of a row
};

Rows rows_of(const Tensor& x, const Tensor& indices, std::int64_t batch_dims) {
  const std::int64_t depth = indices.dim() > 0 ? indices.size(-1) : 0;
  if (batch_dims < 0 || batch_dims >= indices.dim() || batch_dims + depth > x.dim())
    throw UserError(fmt::format("indices of {} dimensions, {} of them batches, into {}", depth,
                                batch_dims, x.dim()));
  const at::IntArrayRef dims = x.sizes();
  const std::int64_t batch = product_of(dims.slice(0, static_cast<std::size_t>(batch_dims)));
  const Tensor tuples =
      indices.to(at::kLong).reshape({batch, -1, std::max<std::int64_t>(depth, 1)});
  Tensor places = at::arange(batch).unsqueeze(1).expand({batch, tuples.size(1)});
  for (std::int64_t i = 0; i < depth; ++i) {
    const std::int64_t size = dims[static_cast<std::size_t>(batch_dims + i)];
    places = places * size + places_in(tuples.select(2, i), size);
  }
  const auto first = static_cast<std::size_t>(batch_dims + depth);
  const Integers row_dims(dims.begin() + static_cast<std::ptrdiff_t>(first), dims.end());
  const Integers tuple_dims(indices.sizes().begin(), indices.sizes().end() - 1);
  const std::int64_t count = product_of(dims.slice(0, first));
  return {x.reshape({count, product_of(row_dims)}), places.reshape({-1}), tuple_dims, row_dims};
}

Outputs gather_nd(const Call& call) {
  const Rows from = rows_of(call[0], call[1], call.node.integer("batch_dims", 0));
  Integers dims = from.tuple_dims;
  dims.insert(dims.end(), from.row_dims.begin(), from.row_dims.end());
  return {from.rows.index_select(0, from.places).reshape(dims)};
}

Outputs scatter_nd(const Call& call) {
  const Rows to = rows_of(call[0], call[1], 0);
  const std::int64_t width = to.rows.size(1);
  const Tensor places = to.places.unsqueeze(1).expand({-1, width});
  const Tensor updates = call[2].reshape({to.places.numel(), width});
  return {scattered(call, to.rows, 0, places, updates).reshape(call[0].sizes())};
}

Outputs non_zero(const Call& call) { return {at::nonzero(call[0]).t()}; }

Outputs compress(const Call& call) {
  const Tensor where = at::nonzero(call[1].to(at::kBool)).reshape({-1});
  if (!call.node.has("axis")) return {call[0].reshape({-1}).index_select(0, where)};
  return {call[0].index_select(call.axis("axis", 0, call[0].dim()), where)};
}

/// Version 24: `update` overwrites a range of the axis that begins, for each image, where
/// `write_indices` says.
Outputs tensor_scatter(const Call& call) {
  const Tensor& past = call[0];
  const std::int64_t axis = call.axis("axis", -2, past.dim());
  const std::int64_t size = past.size(axis);
  const Tensor steps = along(at::arange(call[1].size(axis)), axis, past.dim());
  Tensor places = steps;
  if (call.has(2)) places = steps + along(call[2].to(at::kLong), 0, past.dim());
  if (call.node.text("mode", "linear") == "circular") places = at::remainder(places, size);
  return {at::scatter(past, axis, places_in(places, size).expand(call[1].sizes()), call[1])};
}

const Operator kIndexing[] = {
    {"", "Compress", compress},
    {"", "Gather", gather},
    {"", "GatherElements", gather_elements},
    {"", "GatherND", gather_nd},
    {"", "NonZero", non_zero},
    {"", "Scatter", scatter_elements},
    {"", "ScatterElements", scatter_elements},
    {"", "ScatterND", scatter_nd},
    {"", "TensorScatter", tensor_scatter},
};

}  // namespace

Operators indexing_operators() { return kIndexing; }

}  // namespace bitloom::nn::onnx
