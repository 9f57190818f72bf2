#include "models/torch/post_training/layer_columns.h"

#include <algorithm>

#include "models/operators/convolution.h"
#include "models/torch/operators/padding.h"

namespace bitloom::nn {
namespace {

constexpr std::int64_t kMostPixels = 1 << 17;  // of all images
constexpr std::int64_t kMostValues = 1 << 24;  // of columns in memory at once

/// [groups][columns][pixels of all images].
Tensor columns_of(const LayerCase& layer, const Tensor& input, std::int64_t every) {
  const auto* op = layer.op.get_if<graph::Convolution>();
  if (!op) return input.reshape({-1, input.size(-1)}).slice(0, 0, {}, every).t().unsqueeze(0);
  const Tensor x = as_image(input);
  const Padded from = padded(x, padding_of(op->window, x), 0, true);
  const Tensor all = torch::im2col(from.x, sizes(op->window.kernel), sizes(op->window.dilation),
                                   from.left, sizes(op->window.stride));
  const Tensor some = all.slice(2, 0, all.size(2), every);
  return some.reshape({x.size(0), op->groups, -1, some.size(2)}).permute({1, 2, 0, 3}).flatten(2);
}

}  // namespace

std::vector<Moments> input_moments(const LayerCase& layer) {
  const std::int64_t images = layer.quantized_input.size(0);
  const Tensor first = columns_of(layer, layer.quantized_input.slice(0, 0, 1), 1);
  const std::int64_t pixels = first.size(2);
  // Odd, so that it meets every column of an image whose width is even.
  const std::int64_t every = ((images * pixels + kMostPixels - 1) / kMostPixels) | 1;
  const std::int64_t chunk = std::max<std::int64_t>(1, kMostValues / first.numel());
  Tensor quantized, crossed;
  std::int64_t count = 0;
  for (std::int64_t at = 0; at < images; at += chunk) {
    const std::int64_t end = std::min(at + chunk, images);
    const Tensor z = columns_of(layer, layer.quantized_input.slice(0, at, end), every);
    const Tensor x = columns_of(layer, layer.real_input.slice(0, at, end), every);
    const Tensor zz = z.bmm(z.transpose(1, 2)).to(torch::kFloat64);
    const Tensor xz = x.bmm(z.transpose(1, 2)).to(torch::kFloat64);
    quantized = quantized.defined() ? quantized + zz : zz;
    crossed = crossed.defined() ? crossed + xz : xz;
    count += z.size(2);
  }
  std::vector<Moments> moments;
  for (std::int64_t g = 0; g < quantized.size(0); ++g)
    moments.push_back({quantized[g] / count, crossed[g] / count, count});
  return moments;
}

}  // namespace bitloom::nn
