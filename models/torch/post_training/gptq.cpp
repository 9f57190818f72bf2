// GPTQ (Frantar et al. 2023, arXiv:2210.17323; OBQ: Frantar and Alistarh 2022) of a layer's weights
// W, towards Y = W X with X the layer's input in single precision, where the quantized layers
// before give Z instead:
//
//   H  = Z Z^T + d I                          d: see kDamping; times the mean of the diagonal
//   W* = (W X Z^T + d W) H^-1                 minimises |W* Z - W X|^2 + d |W* - W|^2
//   for each column q of W*, in the order of falling H_qq: round it, and spread what that costs
//   over the columns that are left: W* -= (w_q - Q(w_q)) / [H^-1]_qq * [H^-1]_q:
//
// with H^-1 of the columns left, which the Cholesky factor of the whole H^-1 gives.
#include <algorithm>

#include "models/torch/post_training/layer_columns.h"
#include "models/torch/post_training/layer_fit.h"

namespace bitloom::nn {
namespace {

// Of few pixels a layer of many columns would learn the noise: they damp more.
constexpr double kDamping = 0.01, kDampingOfColumns = 0.1;
constexpr std::int64_t kBlock = 128;  // columns between two updates of all that are left

/// Rows [out][columns] of a group of output channels, and their scales [out][1].
struct Rounded {
  Tensor aim, codes, scale;
};

/// `values`, rounded column after column; `factor`: upper Cholesky factor of H^-1.
Rounded rounded_in_turn(Tensor values, const Tensor& factor, const Tensor& scale,
                        const CodeBounds& bounds) {
  const std::int64_t columns = values.size(1);
  Tensor codes = torch::empty_like(values), aim = torch::empty_like(values);
  for (std::int64_t first = 0; first < columns; first += kBlock) {
    const std::int64_t end = std::min(first + kBlock, columns);
    const Tensor block = values.slice(1, first, end);
    Tensor errors = torch::empty_like(block);
    for (std::int64_t at = first; at < end; ++at) {
      const Tensor column = values.slice(1, at, at + 1);
      const Tensor code = (column / scale).round_().clamp_(bounds.lowest, bounds.highest);
      codes.slice(1, at, at + 1).copy_(code);
      aim.slice(1, at, at + 1).copy_(column);
      const Tensor error = (column - code * scale) / factor[at][at];
      errors.slice(1, at - first, at - first + 1).copy_(error);
      values.slice(1, at, end).sub_(error * factor[at].slice(0, at, end).unsqueeze(0));
    }
    if (end < columns)
      values.slice(1, end, columns)
          .sub_(errors.mm(factor.slice(0, first, end).slice(1, end, columns)));
  }
  return {aim, codes, scale};
}

Rounded round_group(const Tensor& weight, const Moments& moments, const CodeBounds& bounds,
                    const Tensor& given_scale) {
  const std::int64_t columns = weight.size(1);
  const Tensor diagonal = moments.quantized.diagonal();
  const double mean = diagonal.mean().item<double>();
  const double part = kDamping + kDampingOfColumns * static_cast<double>(columns) /
                                     static_cast<double>(moments.pixels);
  const double damping = mean > 0 ? part * mean : 1;
  const Tensor damped = damping * torch::eye(columns, weight.options());
  const Tensor hessian = moments.quantized + damped;
  const Tensor lower = torch::linalg_cholesky(hessian);
  const Tensor aim =
      torch::cholesky_solve((weight.mm(moments.crossed) + damping * weight).t(), lower).t();
  const Tensor scale =
      given_scale.defined() ? given_scale : least_error_scale(aim, bounds, ScaleSign::kEither);
  const Tensor order = diagonal.argsort(0, /*descending=*/true);
  const Tensor sorted = hessian.index_select(0, order).index_select(1, order);
  const Tensor inverse = torch::cholesky_inverse(torch::linalg_cholesky(sorted));
  const Tensor factor = torch::linalg_cholesky(inverse).t().contiguous();
  const Rounded rounded =
      rounded_in_turn(aim.index_select(1, order).contiguous(), factor, scale, bounds);
  const Tensor back = order.argsort();
  return {rounded.aim.index_select(1, back), rounded.codes.index_select(1, back), scale};
}

/// The bounds of a group's rows, of `groups`: [rows][1], or one for all.
CodeBounds bounds_of_group(const CodeBounds& bounds, std::int64_t group, std::int64_t groups) {
  const auto part = [&](const Tensor& all) {
    const Tensor rows = all.to(torch::kFloat64).reshape({-1, 1});
    return rows.size(0) == 1 ? rows : rows.chunk(groups, 0)[static_cast<std::size_t>(group)];
  };
  return {part(bounds.lowest), part(bounds.highest)};
}

}  // namespace

FittedLevels round_to_nearest(const LayerCase& layer, const FittableWeights& weights) {
  const auto [lowest, highest] = weights.bounds();
  const Tensor codes = (layer.weight / weights.scale()).round_().clamp_(lowest, highest);
  return {layer.weight, codes, weights.scale()};
}

FittedLevels gptq(const LayerCase& layer, const FittableWeights& weights) {
  const std::vector<Moments> groups = input_moments(layer);
  const bool is_one = weights.has_one_scale();
  const Tensor given = is_one ? weights.scale().to(torch::kFloat64).reshape({1, 1}) : Tensor();
  const auto rows = layer.weight.flatten(1)
                        .to(torch::kFloat64)
                        .chunk(static_cast<std::int64_t>(groups.size()), 0);
  std::vector<Tensor> aims, codes, scales;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const CodeBounds bounds =
        bounds_of_group(weights.bounds(), static_cast<std::int64_t>(g), std::ssize(groups));
    const Rounded rounded = round_group(rows[g], groups[g], bounds, given);
    aims.push_back(rounded.aim);
    codes.push_back(rounded.codes);
    scales.push_back(rounded.scale);
  }
  const auto joined = [&](const std::vector<Tensor>& parts, at::IntArrayRef shape) {
    return torch::cat(parts).to(layer.weight.scalar_type()).reshape(shape);
  };
  return {joined(aims, layer.weight.sizes()), joined(codes, layer.weight.sizes()),
          is_one ? weights.scale() : joined(scales, weights.scale().sizes())};
}

}  // namespace bitloom::nn
