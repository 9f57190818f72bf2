// Numbers to codes and back.
#include "base/error.h"
#include "models/torch/onnx/rows.h"
#include "models/torch/onnx/scales.h"

namespace bitloom::nn::onnx {
namespace {

Tensor spread_input(const Call& call, std::size_t which) {
  return spread(call[which], call[0], call.node.integer("axis", 1),
                call.node.integer("block_size", 0));
}

Outputs quantize(const Call& call) {
  const Tensor scale = spread_input(call, 1);
  Tensor codes = at::round(call[0].to(scale.scalar_type()) / scale);
  if (call.has(2)) codes = codes + spread_input(call, 2).to(codes.scalar_type());
  return {saturated(codes, type_of_codes(call))};
}

Outputs dequantize(const Call& call) {
  const Tensor scale = spread_input(call, 1);
  Tensor codes = call[0].to(at::kInt);
  if (call.has(2)) codes = codes - spread_input(call, 2).to(at::kInt);
  const Tensor y = codes.to(scale.scalar_type()) * scale;
  const auto type = static_cast<ElementType>(call.node.integer("output_dtype", 0));
  return {type == ElementType::kUndefined ? y : y.to(holder_of(type))};
}

/// To 8 bits without sign, by the least and greatest element and 0.
Outputs quantize_dynamically(const Call& call) {
  const Tensor& x = call[0];
  const Tensor zero = at::zeros({}, x.options());
  const Tensor least = at::minimum(x.min(), zero);
  const Tensor scale = (at::maximum(x.max(), zero) - least) / 255;
  const Tensor zero_point = saturated(at::round(-least / scale), ElementType::kUint8);
  const Tensor codes = at::round(x / scale) + zero_point.to(x.scalar_type());
  return {saturated(codes, ElementType::kUint8), scale, zero_point};
}

const Operator kQuantization[] = {
    {"", "DequantizeLinear", dequantize},
    {"", "DynamicQuantizeLinear", quantize_dynamically},
    {"", "QuantizeLinear", quantize},
    {"com.microsoft", "DequantizeLinear", dequantize},
    {"com.microsoft", "QuantizeLinear", quantize},
};

}  // namespace

ElementType type_of_codes(const Call& call) {
  const auto named = static_cast<ElementType>(call.node.integer("output_dtype", 0));
  if (named != ElementType::kUndefined) return named;
  return call.has(2) ? call.type(2) : ElementType::kUint8;
}

Tensor spread(const Tensor& scale, const Tensor& x, std::int64_t axis, std::int64_t block) {
  if (scale.numel() == 1 && block == 0) return scale.reshape({});
  axis = axis_in(axis, x.dim());
  if (block <= 0) return along(scale, axis, x.dim());
  if (scale.dim() != x.dim()) throw UserError("scales of blocks misfit the tensor");
  return at::repeat_interleave(scale, block, axis).narrow(axis, 0, x.size(axis));
}

Tensor saturated(const Tensor& whole, ElementType type) {
  const auto [least, most] = limits_of(type);
  return at::clamp(whole, least, most).to(holder_of(type));
}

Tensor centered(const Tensor& codes, const Tensor& zero_point) {
  const Tensor whole = codes.to(at::kDouble);
  return zero_point.defined() ? whole - zero_point.to(at::kDouble) : whole;
}

Operators quantization_operators() { return kQuantization; }

}  // namespace bitloom::nn::onnx
