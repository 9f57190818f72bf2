#include "models/torch/onnx/convolution.h"

#include <algorithm>

#include "base/error.h"
#include "models/torch/onnx/rows.h"
#include "models/torch/onnx/windows.h"

namespace bitloom::nn::onnx {
namespace {

Integers kernel_of(const Tensor& weight) {
  if (weight.dim() < 3) throw UserError("a weight needs at least 3 dimensions");
  return weight.sizes().slice(2).vec();
}

Outputs convolution(const Call& call) {
  return {convolved(call, call[0], call[1], call.optional(2))};
}

/// A UserError unless there is a size, far from overflow, for each dimension.
void require_sizes(const Integers& sizes, std::size_t rank, const char* name) {
  constexpr std::int64_t kMost = 1 << 24;
  const bool are_sizes = std::all_of(sizes.begin(), sizes.end(),
                                     [](std::int64_t size) { return size >= 0 && size <= kMost; });
  if (sizes.size() != rank || !are_sizes)
    throw UserError(std::string(name) + " misfits the input's dimensions");
}

/// How much of what the windows wrote is cut off before and after (negative: added).
struct Cut {
  Integers before, after;
};

/// From `pads`, or so that the result has `output_shape`, or `stride` times the input's size.
Cut cut_of(const Call& call, const Windows& windows, const Tensor& x, const Integers& added) {
  const std::string automatic = call.node.text("auto_pad", "NOTSET");
  const bool is_same = automatic.rfind("SAME", 0) == 0;
  Integers wanted = call.node.integers("output_shape");
  if (wanted.size() > windows.rank())  // early files name batch and channels too
    wanted.erase(wanted.begin(), wanted.end() - static_cast<std::ptrdiff_t>(windows.rank()));
  if (wanted.empty() && !is_same) {
    if (automatic == "VALID") return {Integers(windows.rank(), 0), Integers(windows.rank(), 0)};
    return {windows.before, windows.after};
  }
  if (!wanted.empty()) require_sizes(wanted, windows.rank(), "output_shape");
  Cut cut;
  for (std::size_t i = 0; i < windows.rank(); ++i) {
    const std::int64_t size = x.size(static_cast<std::int64_t>(i) + 2);
    const std::int64_t written = (size - 1) * windows.stride[i] + added[i] + windows.reach(i);
    const std::int64_t total = written - (wanted.empty() ? size * windows.stride[i] : wanted.at(i));
    const std::int64_t least = total >> 1;  // of negative ones, too, the floor
    cut.before.push_back(automatic == "SAME_UPPER" ? least : total - least);
    cut.after.push_back(total - cut.before.back());
  }
  return cut;
}

Outputs transposed_convolution(const Call& call) {
  const Tensor& x = call[0];
  const Windows windows = plain_windows_of(call, x, kernel_of(call[1]));
  const Integers none(windows.rank(), 0);
  const Integers added = call.node.integers("output_padding", none);
  require_sizes(added, windows.rank(), "output_padding");
  const Cut cut = cut_of(call, windows, x, added);
  Tensor y = at::convolution(x, call[1], {}, windows.stride, none, windows.dilation, true, none,
                             call.node.integer("group", 1));
  Integers before, after;
  for (std::size_t i = 0; i < windows.rank(); ++i) {
    before.push_back(-cut.before[i]);
    after.push_back(added[i] - cut.after[i]);
  }
  y = rimmed(y, before, after, 0);
  return {call.has(2) ? y + along(call[2], 1, y.dim()) : y};
}

const Operator kConvolutions[] = {
    {"", "Conv", convolution},
    {"", "ConvTranspose", transposed_convolution},
};

}  // namespace

Tensor convolved(const Call& call, const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const Windows windows = windows_of(call, x, kernel_of(weight));
  const Integers none(windows.rank(), 0);
  const bool is_plain = windows.is_symmetric() &&
                        *std::min_element(windows.before.begin(), windows.before.end()) >= 0;
  const Tensor from = is_plain ? x : rimmed(x, windows.before, windows.after, 0);
  return at::convolution(from, weight, bias, windows.stride, is_plain ? windows.before : none,
                         windows.dilation, false, none, call.node.integer("group", 1));
}

Operators convolution_operators() { return kConvolutions; }

}  // namespace bitloom::nn::onnx
