// Parts of a tensor, and rims around it.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

Integers all_axes(std::size_t count) {
  Integers axes(count);
  for (std::size_t i = 0; i < count; ++i) axes[i] = static_cast<std::int64_t>(i);
  return axes;
}

/// Every `step`th element from `start` on before `end`, which count from the end where negative.
Tensor sliced(const Tensor& x, std::int64_t axis, std::int64_t start, std::int64_t end,
              std::int64_t step) {
  const std::int64_t size = x.size(axis);
  if (step == 0) throw UserError("the step of a slice is 0");
  const auto placed = [&](std::int64_t at, std::int64_t low, std::int64_t high) {
    return std::clamp(at < 0 ? at + size : at, low, std::max(low, high));
  };
  if (step > 0) {
    const std::int64_t first = placed(start, 0, size);
    const std::int64_t last = std::max(first, placed(end, 0, size));
    return x.slice(axis, first, last, std::min(step, size + 1));
  }
  if (size == 0) return x;
  const std::int64_t first = placed(start, 0, size - 1);
  const std::int64_t last = std::min(first, placed(end, -1, size - 1));
  const std::int64_t back = std::max(step, -size - 1);
  return x.index_select(axis, at::arange(first, last, back, at::kLong));
}

Outputs slice(const Call& call) {
  const Integers starts = call.integers(1, "starts").value_or(Integers{});
  const Integers ends = call.integers(2, "ends").value_or(Integers{});
  const Integers named = call.integers(3, "axes").value_or(all_axes(starts.size()));
  const Integers steps = call.has(4) ? integers_in(call[4]) : Integers(starts.size(), 1);
  if (ends.size() != starts.size() || named.size() != starts.size() ||
      steps.size() != starts.size())
    throw UserError("starts, ends, axes and steps differ in length");
  const Integers axes = axes_in(named, call[0].dim());
  Tensor y = call[0];
  for (std::size_t i = 0; i < axes.size(); ++i)
    y = sliced(y, axes[i], starts[i], ends[i], steps[i]);
  return {y};
}

/// Where the element at `place`, outside of `size` elements, is taken from.
std::int64_t source_of(std::int64_t place, std::int64_t size, const std::string& mode) {
  if (mode == "edge") return std::clamp<std::int64_t>(place, 0, size - 1);
  const std::int64_t period = mode == "wrap" ? size : std::max<std::int64_t>(2 * size - 2, 1);
  const std::int64_t rest = ((place % period) + period) % period;
  return rest < size ? rest : period - rest;
}

Tensor padded_by_copies(const Tensor& x, std::int64_t axis, std::int64_t before, std::int64_t after,
                        const std::string& mode) {
  const std::int64_t size = x.size(axis);
  if (before == 0 && after == 0) return x;
  constexpr std::int64_t kMost = 1 << 24;
  if (before < -kMost || before > kMost || after < -kMost || after > kMost)
    throw UserError(fmt::format("paddings of {} and {} are none", before, after));
  if (size == 0) throw UserError("nothing to copy into the rim of an empty tensor");
  Integers places;
  for (std::int64_t i = -before; i < size + after; ++i) places.push_back(source_of(i, size, mode));
  return x.index_select(axis, at::tensor(places, at::kLong));
}

struct Rims {
  Integers before, after;  // of each dimension
};

Rims rims_of(const Call& call) {
  const auto rank = static_cast<std::size_t>(call[0].dim());
  const char* attribute = call.node.has("paddings") ? "paddings" : "pads";
  const Integers pads = call.integers(1, attribute).value_or(Integers{});
  const Integers axes = axes_in(call.has(3) ? integers_in(call[3]) : all_axes(rank), call[0].dim());
  if (pads.size() != 2 * axes.size())
    throw UserError(fmt::format("{} paddings for {} dimensions", pads.size(), axes.size()));
  Rims rims{Integers(rank, 0), Integers(rank, 0)};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    rims.before[static_cast<std::size_t>(axes[i])] = pads[i];
    rims.after[static_cast<std::size_t>(axes[i])] = pads[i + axes.size()];
  }
  return rims;
}

Outputs pad(const Call& call) {
  const Rims rims = rims_of(call);
  const std::string mode = call.node.text("mode", "constant");
  Tensor y = call[0];
  if (mode == "constant") {
    const at::Scalar value = call.has(2) ? call[2].item() : at::Scalar(call.node.real("value", 0));
    Integers from_last;
    for (std::size_t i = rims.before.size(); i-- > 0;)
      from_last.insert(from_last.end(), {rims.before[i], rims.after[i]});
    return {at::constant_pad_nd(y, from_last, value)};
  }
  if (mode != "reflect" && mode != "edge" && mode != "wrap")
    throw UserError("unknown mode '" + mode + "' (known: constant, edge, reflect, wrap)");
  for (std::size_t i = 0; i < rims.before.size(); ++i)
    y = padded_by_copies(y, static_cast<std::int64_t>(i), rims.before[i], rims.after[i], mode);
  return {y};
}

/// Cut or padded with zeros to the wanted sizes, the middle in the middle.
Outputs center_crop_pad(const Call& call) {
  const Integers wanted = integers_in(call[1]);
  const Integers axes = axes_in(
      call.node.has("axes") ? call.node.integers("axes") : all_axes(wanted.size()), call[0].dim());
  if (axes.size() != wanted.size()) throw UserError("a size is needed for each axis");
  Tensor y = call[0];
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t more = wanted[i] - y.size(axes[i]);
    Integers pads(static_cast<std::size_t>(2 * y.dim()), 0);
    const auto place = static_cast<std::size_t>(2 * (y.dim() - 1 - axes[i]));
    pads[place] = more >= 0 ? more / 2 : -(-more / 2);
    pads[place + 1] = more - pads[place];
    y = at::constant_pad_nd(y, pads, 0);
  }
  return {y};
}

const Operator kSlicing[] = {
    {"", "CenterCropPad", center_crop_pad},
    {"", "Pad", pad},
    {"", "Slice", slice},
};

}  // namespace

Operators slicing_operators() { return kSlicing; }

}  // namespace bitloom::nn::onnx
