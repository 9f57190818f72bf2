#include "models/torch/onnx/windows.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace bitloom::nn::onnx {
namespace {

/// Keeps products of window sizes far from overflow.
constexpr std::int64_t kMostOfAWindow = 1 << 16;

Integers attribute_of(const Call& call, std::string_view name, std::size_t count,
                      std::int64_t otherwise, std::int64_t least) {
  Integers values = call.node.integers(name, Integers(count, otherwise));
  if (values.size() != count)
    throw UserError(fmt::format("{} has {} values, not {}", name, values.size(), count));
  for (const std::int64_t value : values)
    if (value < least || value > kMostOfAWindow)
      throw UserError(fmt::format("{} is {}, not in [{}, {}]", name, value, least, kMostOfAWindow));
  return values;
}

/// Padding so that there is a window for each `stride` elements; an odd one goes to the end
/// (`SAME_UPPER`) or to the start.
void pad_to_same(Windows& windows, const Tensor& x, bool is_upper) {
  for (std::size_t i = 0; i < windows.rank(); ++i) {
    const std::int64_t size = x.size(static_cast<std::int64_t>(i) + 2);
    const std::int64_t count = (size + windows.stride[i] - 1) / windows.stride[i];
    const std::int64_t total =
        std::max<std::int64_t>((count - 1) * windows.stride[i] + windows.reach(i) - size, 0);
    windows.before[i] = is_upper ? total / 2 : total - total / 2;
    windows.after[i] = total - windows.before[i];
  }
}

}  // namespace

Windows plain_windows_of(const Call& call, const Tensor& x, Integers kernel) {
  if (x.dim() < 3) throw UserError("windows slide over no dimension");
  const auto rank = static_cast<std::size_t>(x.dim() - 2);
  if (call.node.has("kernel_shape")) kernel = attribute_of(call, "kernel_shape", rank, 1, 1);
  if (kernel.size() != rank)
    throw UserError(fmt::format("a kernel of {} dimensions over {}", kernel.size(), rank));
  for (const std::int64_t side : kernel)
    if (side < 1 || side > kMostOfAWindow) throw UserError("a kernel without elements");
  Windows windows{kernel, attribute_of(call, "strides", rank, 1, 1),
                  attribute_of(call, "dilations", rank, 1, 1), Integers(rank, 0),
                  Integers(rank, 0)};
  const Integers pads = attribute_of(call, "pads", 2 * rank, 0, -kMostOfAWindow);
  const auto half = pads.begin() + static_cast<std::ptrdiff_t>(rank);
  windows.before.assign(pads.begin(), half);
  windows.after.assign(half, pads.end());
  return windows;
}

Windows windows_of(const Call& call, const Tensor& x, Integers kernel) {
  Windows windows = plain_windows_of(call, x, std::move(kernel));
  const std::string automatic = call.node.text("auto_pad", "NOTSET");
  if (automatic == "VALID") {
    std::fill(windows.before.begin(), windows.before.end(), 0);
    std::fill(windows.after.begin(), windows.after.end(), 0);
  } else if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
    pad_to_same(windows, x, automatic == "SAME_UPPER");
  } else if (automatic != "NOTSET" && !automatic.empty()) {
    throw UserError("unknown auto_pad '" + automatic + "'");
  }
  return windows;
}

Tensor rimmed(const Tensor& x, const Integers& before, const Integers& after, double value) {
  Integers pads;
  bool has_any = false;
  for (std::size_t i = before.size(); i-- > 0;) {
    pads.insert(pads.end(), {before[i], after[i]});
    has_any = has_any || before[i] != 0 || after[i] != 0;
  }
  return has_any ? at::constant_pad_nd(x, pads, value) : x;
}

}  // namespace bitloom::nn::onnx
