// Pools: the greatest, the mean or a norm of what a window covers.
#include <algorithm>
#include <limits>

#include "base/error.h"
#include "models/torch/onnx/rows.h"
#include "models/torch/onnx/windows.h"

namespace bitloom::nn::onnx {
namespace {

/// How far the last windows reach beyond the padded input where `ceil_mode` lets them. It is
/// negative where the last of them would begin in the padding at the end: there is none such.
Integers overhang_of(const Call& call, const Windows& windows, const Tensor& x) {
  Integers overhang(windows.rank(), 0);
  if (call.node.integer("ceil_mode", 0) == 0) return overhang;
  for (std::size_t i = 0; i < windows.rank(); ++i) {
    const std::int64_t size = x.size(static_cast<std::int64_t>(i) + 2);
    const std::int64_t room = size + windows.before[i] + windows.after[i] - windows.reach(i);
    if (room < 0) continue;
    std::int64_t last = (room + windows.stride[i] - 1) / windows.stride[i];
    if (last * windows.stride[i] >= size + windows.before[i]) --last;
    overhang[i] = last * windows.stride[i] - room;
  }
  return overhang;
}

/// {batch, channels, count..., kernel...}: what each window covers.
Tensor covered(const Tensor& padded, const Windows& windows) {
  Tensor y = padded;
  for (std::size_t i = 0; i < windows.rank(); ++i)
    y = y.unfold(static_cast<std::int64_t>(i) + 2, windows.reach(i), windows.stride[i])
            .slice(-1, 0, std::numeric_limits<std::int64_t>::max(), windows.dilation[i]);
  return y;
}

Integers last_dims(std::size_t count) {
  Integers dims;
  for (std::size_t i = 1; i <= count; ++i) dims.push_back(-static_cast<std::int64_t>(i));
  return dims;
}

Integers plus(Integers a, const Integers& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

/// Means of the windows, without padding. LibTorch has them of undilated windows over up to three
/// dimensions.
Tensor means(const Tensor& padded, const Windows& windows) {
  const bool is_dilated = std::any_of(windows.dilation.begin(), windows.dilation.end(),
                                      [](std::int64_t d) { return d != 1; });
  if (is_dilated || windows.rank() > 3 || !padded.is_floating_point())
    return covered(padded, windows).mean(last_dims(windows.rank()));
  if (windows.rank() == 1) return at::avg_pool1d(padded, windows.kernel, windows.stride);
  if (windows.rank() == 2) return at::avg_pool2d(padded, windows.kernel, windows.stride);
  return at::avg_pool3d(padded, windows.kernel, windows.stride);
}

/// The mean counts padding with `count_include_pad`, and never what `ceil_mode` adds.
Outputs average_pool(const Call& call) {
  const Tensor& x = call[0];
  const Windows windows = windows_of(call, x, {});
  const Integers overhang = overhang_of(call, windows, x);
  const Integers after = plus(windows.after, overhang);
  const Tensor sums = means(rimmed(x, windows.before, after, 0), windows);
  const bool counts_padding = call.node.integer("count_include_pad", 0) != 0;
  Integers dims = x.sizes().vec();
  dims[0] = dims[1] = 1;
  Tensor counted = at::ones(dims, x.options());
  if (counts_padding) {
    counted = rimmed(counted, windows.before, windows.after, 1);
    counted = rimmed(counted, Integers(windows.rank(), 0), overhang, 0);
  } else {
    counted = rimmed(counted, windows.before, after, 0);
  }
  return {sums / means(counted, windows)};
}

struct Greatest {
  Tensor values;
  Tensor places;  // in the padded input of one channel, row-major
};

Greatest greatest(const Tensor& padded, const Windows& windows) {
  const Integers none(windows.rank(), 0);
  if (windows.rank() == 1) {
    const auto [values, places] =
        at::max_pool1d_with_indices(padded, windows.kernel, windows.stride, none, windows.dilation);
    return {values, places};
  }
  if (windows.rank() == 2) {
    const auto [values, places] =
        at::max_pool2d_with_indices(padded, windows.kernel, windows.stride, none, windows.dilation);
    return {values, places};
  }
  if (windows.rank() > 3) throw unsupported("a pool over more than 3 dimensions");
  const auto [values, places] =
      at::max_pool3d_with_indices(padded, windows.kernel, windows.stride, none, windows.dilation);
  return {values, places};
}

/// Places in the padded input of a channel as places in the whole tensor without padding; with
/// `storage_order` 1 the first of the window's dimensions runs fastest.
Tensor places_in_input(const Call& call, Tensor places, const Windows& windows,
                       const Integers& after) {
  const Tensor& x = call[0];
  const bool is_column_major = call.node.integer("storage_order", 0) != 0;
  std::vector<Tensor> parts(windows.rank());
  for (std::size_t i = windows.rank(); i-- > 0;) {
    const std::int64_t size = x.size(static_cast<std::int64_t>(i) + 2);
    const std::int64_t padded = size + windows.before[i] + after[i];
    parts[i] = at::remainder(places, padded) - windows.before[i];
    places = at::div(places, padded, "floor");
  }
  Tensor place = at::zeros_like(parts[0]);
  for (std::size_t i = 0; i < windows.rank(); ++i) {
    const std::size_t which = is_column_major ? windows.rank() - 1 - i : i;
    place = place * x.size(static_cast<std::int64_t>(which) + 2) + parts[which];
  }
  const std::int64_t channels = x.size(0) * x.size(1);
  Integers dims(static_cast<std::size_t>(x.dim()), 1);
  dims[0] = x.size(0);
  dims[1] = x.size(1);
  const std::int64_t plane = channels > 0 ? x.numel() / channels : 0;
  return place + at::arange(channels).reshape(dims) * plane;
}

Outputs max_pool(const Call& call) {
  const Tensor& x = call[0];
  const Windows windows = windows_of(call, x, {});
  const Integers after = plus(windows.after, overhang_of(call, windows, x));
  const Tensor real = x.is_floating_point() ? x : x.to(at::kFloat);
  const Tensor padded =
      rimmed(real, windows.before, after, -std::numeric_limits<double>::infinity());
  const Greatest found = greatest(padded, windows);
  Outputs y{found.values.to(x.scalar_type())};
  if (call.node.outputs.size() > 1)
    y.push_back(places_in_input(call, found.places, windows, after));
  return y;
}

/// Writes values to where MaxPool found them.
Outputs max_unpool(const Call& call) {
  const Tensor& x = call[0];
  const Windows windows = plain_windows_of(call, x, {});
  Integers pooled = x.sizes().vec();
  for (std::size_t i = 0; i < windows.rank(); ++i)
    pooled[i + 2] = (pooled[i + 2] - 1) * windows.stride[i] + windows.reach(i) - windows.before[i] -
                    windows.after[i];
  Tensor y = at::zeros(pooled, x.options());
  y.reshape({-1}).scatter_(0, call[1].reshape({-1}).to(at::kLong), x.reshape({-1}));
  if (!call.has(2)) return {y};
  Integers none(windows.rank(), 0), rest;
  const Integers wanted = integers_in(call[2]);
  for (std::size_t i = 0; i < windows.rank(); ++i) rest.push_back(wanted.at(i + 2) - pooled[i + 2]);
  return {rimmed(y, none, rest, 0)};
}

Outputs lp_pool(const Call& call) {
  const double p = static_cast<double>(call.node.integer("p", 2));
  const Windows windows = windows_of(call, call[0], {});
  const Integers after = plus(windows.after, overhang_of(call, windows, call[0]));
  const Tensor padded = rimmed(at::abs(call[0]).pow(p), windows.before, after, 0);
  return {covered(padded, windows).sum(last_dims(windows.rank())).pow(1 / p)};
}

Integers spatial_dims(const Tensor& x) {
  if (x.dim() < 3) throw UserError("a global pool over no dimension");
  return last_dims(static_cast<std::size_t>(x.dim() - 2));
}

Outputs global_average(const Call& call) { return {call[0].mean(spatial_dims(call[0]), true)}; }

Outputs global_max(const Call& call) { return {at::amax(call[0], spatial_dims(call[0]), true)}; }

Outputs global_lp(const Call& call) {
  const double p = static_cast<double>(call.node.integer("p", 2));
  return {at::abs(call[0]).pow(p).sum(spatial_dims(call[0]), true).pow(1 / p)};
}

const Operator kPools[] = {
    {"", "AveragePool", average_pool}, {"", "GlobalAveragePool", global_average},
    {"", "GlobalLpPool", global_lp},   {"", "GlobalMaxPool", global_max},
    {"", "LpPool", lp_pool},           {"", "MaxPool", max_pool},
    {"", "MaxUnpool", max_unpool},
};

}  // namespace

Operators pool_operators() { return kPools; }

}  // namespace bitloom::nn::onnx
