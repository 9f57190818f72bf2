// Products and convolutions of codes. Their sums are whole numbers, exact in double precision.
#include "base/error.h"
#include "models/torch/onnx/convolution.h"
#include "models/torch/onnx/rows.h"
#include "models/torch/onnx/scales.h"

namespace bitloom::nn::onnx {
namespace {

Tensor per_filter(const Tensor& values, const Tensor& weight) {
  return values.defined() ? spread(values, weight, 0) : values;
}

/// Sums to codes: factor and rounding in single precision, as ONNX Runtime has them.
Tensor requantized(const Tensor& sums, const Tensor& factor, const Tensor& zero_point,
                   ElementType type) {
  const Tensor scaled = at::round(sums.to(at::kFloat) * factor.to(at::kFloat));
  return saturated(scaled + zero_point.to(at::kFloat), type);
}

Outputs convolve_codes(const Call& call) {
  const Tensor x = centered(call[0], call[2].reshape({}));
  const Tensor weight = centered(call[3], per_filter(call[5], call[3]));
  Tensor bias = call.optional(8);
  if (bias.defined()) bias = bias.to(at::kDouble);
  const Tensor sums = convolved(call, x, weight, bias);
  const Tensor factor = call[1].reshape({}) * spread(call[4], sums, 1) / call[6].reshape({});
  return {requantized(sums, factor, call[7].reshape({}), call.type(7))};
}

/// com.microsoft: image and result may have their channels last; the weights have not.
Outputs convolve_microsoft_codes(const Call& call) {
  if (call.node.integer("channels_last", 0) == 0) return convolve_codes(call);
  Call turned = call;
  turned.inputs[0] = call[0].movedim(-1, 1);
  return {convolve_codes(turned)[0].movedim(1, -1).contiguous()};
}

Outputs convolve_integers(const Call& call) {
  const Tensor zero = call.has(2) ? call[2].reshape({}) : Tensor();
  const Tensor weight = centered(call[1], per_filter(call.optional(3), call[1]));
  return {convolved(call, centered(call[0], zero), weight, {}).to(at::kInt)};
}

/// Scales or zero points of the rows of the first factor.
Tensor by_row(const Tensor& values, const Tensor& factor) {
  if (!values.defined() || values.dim() != 1 || values.numel() == 1 || factor.dim() < 2)
    return values.defined() && values.numel() == 1 ? values.reshape({}) : values;
  return values.unsqueeze(-1);
}

/// Those of the columns of the second one go along with its last dimension.
Tensor by_column(const Tensor& values) {
  return values.defined() && values.numel() == 1 ? values.reshape({}) : values;
}

Outputs multiply_codes(const Call& call) {
  const Tensor a = centered(call[0], by_row(call[2], call[0]));
  const Tensor b = centered(call[3], by_column(call[5]));
  const Tensor factor = by_row(call[1], call[0]) * by_column(call[4]) / by_column(call[6]);
  return {requantized(at::matmul(a, b), factor, by_column(call[7]), call.type(7))};
}

Outputs multiply_integers(const Call& call) {
  const Tensor a = centered(call[0], by_row(call.optional(2), call[0]));
  const Tensor b = centered(call[1], by_column(call.optional(3)));
  return {at::matmul(a, b).to(at::kInt)};
}

/// com.microsoft: alpha (A B + C), where C has no scale of its own; real numbers where no scale of
/// the result is given.
Outputs general_product_of_codes(const Call& call) {
  constexpr std::size_t kScale = 7, kZeroPoint = 8;
  const Node& node = call.node;
  if (call[0].dim() != 2 || call[3].dim() != 2) throw UserError("a factor is no matrix");
  const bool turns_a = node.integer("transA", 0) != 0, turns_b = node.integer("transB", 0) != 0;
  const Tensor a = centered(turns_a ? call[0].t() : call[0], by_column(call.optional(2)));
  const Tensor b = centered(turns_b ? call[3].t() : call[3], by_column(call.optional(5)));
  Tensor sums = at::matmul(a, b);
  if (call.has(6)) sums = sums + call[6].to(at::kDouble);
  const Tensor factor = by_column(call[1]) * by_column(call[4]) * node.real("alpha", 1);
  if (!call.has(kScale)) return {(sums * factor).to(at::kFloat)};
  const bool has_zero = call.has(kZeroPoint);
  const Tensor zero = has_zero ? call[kZeroPoint].reshape({}) : at::zeros({}, at::kFloat);
  return {requantized(sums, factor / call[kScale].reshape({}), zero,
                      call.type(has_zero ? kZeroPoint : 0))};
}

/// com.microsoft: the first factor in real numbers is quantized as it comes.
Outputs multiply_dynamically(const Call& call) {
  const Tensor& x = call[0];
  const Tensor zero = at::zeros({}, x.options());
  const Tensor least = at::minimum(x.min(), zero);
  const Tensor scale = (at::maximum(x.max(), zero) - least) / 255;
  const Tensor zero_point = at::clamp(at::round(-least / scale), 0, 255);
  const Tensor codes = at::clamp(at::round(x / scale) + zero_point, 0, 255) - zero_point;
  const Tensor sums =
      at::matmul(codes.to(at::kDouble), centered(call[1], by_column(call.optional(3))));
  const Tensor y = sums.to(at::kFloat) * (scale * by_column(call[2]));
  return {call.has(4) ? y + call[4] : y};
}

/// com.microsoft: integer product, scaled at once.
Outputs multiply_integers_to_float(const Call& call) {
  const Tensor a = centered(call[0], by_row(call.optional(4), call[0]));
  const Tensor b = centered(call[1], by_column(call.optional(5)));
  const Tensor y =
      at::matmul(a, b).to(at::kFloat) * (by_row(call[2], call[0]) * by_column(call[3]));
  return {call.has(6) ? y + call[6] : y};
}

Tensor real(const Call& call, std::size_t codes, std::size_t scale, std::size_t zero_point) {
  const Tensor zero = call.has(zero_point) ? call[zero_point].reshape({}) : Tensor();
  return centered(call[codes], zero).to(at::kFloat) * call[scale].reshape({});
}

/// com.microsoft: codes of a function of real numbers. Scale and zero point are inputs `scale` and
/// the one after it.
Tensor codes_of(const Call& call, const Tensor& y, std::size_t scale) {
  Tensor codes = at::round(y / call[scale].reshape({}));
  const bool has_zero = call.has(scale + 1);
  if (has_zero) codes = codes + call[scale + 1].reshape({}).to(at::kFloat);
  return saturated(codes, has_zero ? call.type(scale + 1) : call.type(0));
}

Outputs add_codes(const Call& call) {
  return {codes_of(call, real(call, 0, 1, 2) + real(call, 3, 4, 5), 6)};
}

Outputs multiply_codes_by_element(const Call& call) {
  return {codes_of(call, real(call, 0, 1, 2) * real(call, 3, 4, 5), 6)};
}

Outputs sigmoid_of_codes(const Call& call) {
  return {codes_of(call, at::sigmoid(real(call, 0, 1, 2)), 3)};
}

Outputs leaky_relu_of_codes(const Call& call) {
  const Tensor y = at::leaky_relu(real(call, 0, 1, 2), call.node.real("alpha", 0.01F));
  return {codes_of(call, y, 3)};
}

Outputs average_of_codes(const Call& call) {
  const bool is_last = call.node.integer("channels_last", 0) != 0;
  Integers dims;
  for (std::int64_t i = 2; i < call[0].dim(); ++i) dims.push_back(is_last ? i - 1 : i);
  if (dims.empty()) throw UserError("a global pool over no dimension");
  return {codes_of(call, real(call, 0, 1, 2).mean(dims, true), 3)};
}

/// Output scale and zero point come first, then codes, scale and zero point of each part.
Outputs concatenate_codes(const Call& call) {
  std::vector<Tensor> parts;
  for (std::size_t i = 2; i + 2 < call.inputs.size(); i += 3)
    parts.push_back(real(call, i, i + 1, i + 2));
  if (parts.empty()) throw UserError("no parts");
  const Tensor y = at::cat(parts, call.axis("axis", 0, parts[0].dim()));
  return {codes_of(call, y, 0)};
}

const Operator kQuantized[] = {
    {"", "ConvInteger", convolve_integers},
    {"", "MatMulInteger", multiply_integers},
    {"", "QLinearConv", convolve_codes},
    {"", "QLinearMatMul", multiply_codes},
    {"com.microsoft", "DynamicQuantizeMatMul", multiply_dynamically},
    {"com.microsoft", "MatMulIntegerToFloat", multiply_integers_to_float},
    {"com.microsoft", "QLinearAdd", add_codes},
    {"com.microsoft", "QGemm", general_product_of_codes},
    {"com.microsoft", "QLinearConcat", concatenate_codes},
    {"com.microsoft", "QLinearConv", convolve_microsoft_codes},
    {"com.microsoft", "QLinearGlobalAveragePool", average_of_codes},
    {"com.microsoft", "QLinearLeakyRelu", leaky_relu_of_codes},
    {"com.microsoft", "QLinearMul", multiply_codes_by_element},
    {"com.microsoft", "QLinearSigmoid", sigmoid_of_codes},
};

}  // namespace

Operators quantized_operators() { return kQuantized; }

}  // namespace bitloom::nn::onnx
