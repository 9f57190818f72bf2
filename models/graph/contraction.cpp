#include "models/graph/contraction.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "models/graph/layer_table.h"

namespace bitloom::graph {
namespace {

using Loop = Contraction::Loop;
using LoopWindow = Contraction::Window;

/// What the loops outside of windows multiply to.
struct LoopProducts {
  std::int64_t rows = 1, columns = 1, reduction = 1, groups = 1, images = 1;
};

void multiply(std::int64_t& product, const Loop& loop) {
  if (loop.size > kMostTableChannels / product)
    throw UserError(fmt::format("with loop '{}' of {} a side of the product passes {}", loop.name,
                                loop.size, kMostTableChannels));
  product *= loop.size;
}

bool is_of_window(const Contraction& contraction, const std::string& loop) {
  return std::any_of(
      contraction.windows.begin(), contraction.windows.end(),
      [&](const LoopWindow& window) { return window.output == loop || window.kernel == loop; });
}

/// What a loop multiplies.
std::int64_t& product_of_loop(const Loop& loop, const std::string& images, LoopProducts& products) {
  if (loop.in_output && loop.in_first && loop.in_second) return products.groups;
  if (loop.in_output && loop.in_first) return loop.name == images ? products.images : products.rows;
  if (loop.in_output && loop.in_second) return products.columns;
  if (loop.in_first && loop.in_second) return products.reduction;
  throw UserError(fmt::format("loop '{}' of {} is of one operand alone: no product of matrices",
                              loop.name, loop.size));
}

LoopProducts products_of(const Contraction& contraction) {
  LoopProducts products;
  for (const Loop& loop : contraction.loops)
    if (loop.size > 1 && !is_of_window(contraction, loop.name))
      multiply(product_of_loop(loop, contraction.images, products), loop);
  if (products.images > kMostTableImages)
    throw UserError(fmt::format("loop '{}' must be at most {} images, got {}", contraction.images,
                                kMostTableImages, products.images));
  return products;
}

struct WindowSide {
  std::int64_t input = 1, kernel = 1, stride = 1, output = 1;
};

const Loop& window_loop(const Contraction& contraction, const std::string& name, bool is_output) {
  for (const Loop& loop : contraction.loops)
    if (loop.name == name) {
      if (loop.in_output == is_output && loop.in_second != is_output) return loop;
      throw UserError(fmt::format(
          "loop '{}' of a window must be of {}", name,
          is_output ? "the output, not of the weights" : "the weights, not of the output"));
    }
  throw UserError(fmt::format("a window is over '{}', which is no loop", name));
}

/// A window's outputs must be those that its input gives: exactly where the padding is said, else
/// with a padding of less than the window on each side.
void require_input_fits(const LoopWindow& window, std::int64_t reach, std::int64_t output) {
  const auto outputs = [&](std::int64_t padding) {
    const std::int64_t room = *window.input + padding - reach;
    return room < 0 ? 0 : room / window.stride + 1;
  };
  const std::int64_t least = std::max<std::int64_t>(outputs(window.padding.value_or(0)), 1);
  const std::int64_t most = outputs(window.padding.value_or(2 * (reach - 1)));
  if (output < least || output > most)
    throw UserError(fmt::format(
        "loop '{}' must be {}, which an input of {}{}, a window of {} and a stride of {} {}, got "
        "{}",
        window.output,
        least >= most ? fmt::format("{}", most) : fmt::format("{} to {}", least, most),
        *window.input, window.padding ? fmt::format(" with a padding of {}", *window.padding) : "",
        reach, window.stride, least >= most ? "give" : "leave", output));
}

WindowSide side_of(const Contraction& contraction, const LoopWindow& window) {
  const Loop& output = window_loop(contraction, window.output, true);
  const Loop& kernel = window_loop(contraction, window.kernel, false);
  const std::int64_t reach = window.dilation * (kernel.size - 1) + 1;
  const std::int64_t needed = (output.size - 1) * window.stride + reach;
  const std::int64_t input = window.input.value_or(needed);
  for (const std::int64_t side : {output.size, kernel.size, input, window.stride})
    if (side > kMostTablePixels)
      throw UserError(fmt::format("the window over '{}' and '{}' has a side of {}; at most {}",
                                  output.name, kernel.name, side, kMostTablePixels));
  if (window.input) require_input_fits(window, reach, output.size);
  return {input, kernel.size, window.stride, output.size};
}

LayerShape convolution_of_loops(const Contraction& contraction, const LoopProducts& products) {
  constexpr std::size_t kMostWindows = 2;
  if (contraction.windows.size() > kMostWindows)
    throw UserError(fmt::format("has {} windows; convolutions of at most {} dimensions are priced",
                                contraction.windows.size(), kMostWindows));
  if (products.rows > 1) throw UserError("has loops over pixels that are of no window");
  if (contraction.second != SecondOperand::kWeights)
    throw UserError("has windows over the product of two activations");
  const WindowSide width = side_of(contraction, contraction.windows.back());
  const WindowSide height = contraction.windows.size() == kMostWindows
                                ? side_of(contraction, contraction.windows.front())
                                : WindowSide{};
  return {.kind = products.groups > 1 && products.reduction == 1 ? LayerKind::kDepthwise
                                                                 : LayerKind::kConvolution,
          .kernel = {height.kernel, width.kernel},
          .stride = {height.stride, width.stride},
          .input = {height.input, width.input},
          .output = {height.output, width.output}};
}

}  // namespace

Loop* Contraction::find(const std::string& name) {
  const auto found =
      std::find_if(loops.begin(), loops.end(), [&](const Loop& loop) { return loop.name == name; });
  return found == loops.end() ? nullptr : &*found;
}

ContractedLayer contracted(const Contraction& contraction) {
  const LoopProducts products = products_of(contraction);
  LayerShape layer;
  if (!contraction.windows.empty())
    layer = convolution_of_loops(contraction, products);
  else
    layer.input = layer.output = {products.rows, 1};
  const Extent one;
  if (contraction.second != SecondOperand::kWeights)
    layer.kind = LayerKind::kMatMul;
  else if (products.groups == 1 && layer.output == one && layer.kernel == one)
    layer.kind = LayerKind::kLinear;
  if (layer.kind == LayerKind::kLinear) layer.stride = layer.input = one;
  std::int64_t in = products.groups, out = products.groups;
  multiply(in, {"reduction", products.reduction});
  multiply(out, {"columns", products.columns});
  layer.in_channels = in;
  layer.out_channels = out;
  layer.groups = products.groups;
  layer.second = contraction.second;
  return {std::move(layer), products.images};
}

}  // namespace bitloom::graph
