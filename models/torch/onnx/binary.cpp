// Functions of two or more tensors, element by element.
#include "base/error.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

using Pair = std::pair<Tensor, Tensor>;

/// The operands. Before version 7 the second one's dimensions were those of the first from `axis`
/// on, where `broadcast` was set.
Pair operands(const Call& call) {
  const Tensor& a = call[0];
  const Tensor& b = call[1];
  if (call.node.opset >= 7 || !call.node.domain.empty() || !call.node.has("axis")) return {a, b};
  const std::int64_t axis = call.axis("axis", 0, a.dim());
  Integers dims = b.sizes().vec();
  while (axis + static_cast<std::int64_t>(dims.size()) < a.dim()) dims.push_back(1);
  return {a, b.reshape(dims)};
}

template <Tensor (*function)(const Tensor&, const Tensor&)>
Outputs binary(const Call& call) {
  const auto [a, b] = operands(call);
  return {function(a, b)};
}

Tensor add(const Tensor& a, const Tensor& b) { return at::add(a, b); }
Tensor subtract(const Tensor& a, const Tensor& b) { return at::sub(a, b); }

bool is_whole(const Tensor& x) { return at::isIntegralType(x.scalar_type(), true); }

/// Whole numbers by -1 are negated: the least of a type has no quotient, and traps.
Tensor quotient(const Tensor& a, const Tensor& b) {
  if (!is_whole(a) || !is_whole(b)) return at::div(a, b);
  const Tensor is_minus_one = b == -1;
  const Tensor safe = at::where(is_minus_one, at::ones_like(b), b);
  return at::where(is_minus_one, -a, at::div(a, safe, "trunc"));
}

Outputs modulo(const Call& call) {
  const bool is_fmod = call.node.integer("fmod", 0) != 0;
  Tensor b = call[1];
  if (is_whole(b)) b = at::where(b == -1, at::ones_like(b), b);  // the same rest: 0
  return {is_fmod ? at::fmod(call[0], b) : at::remainder(call[0], b)};
}

Outputs power(const Call& call) {
  const auto [base, exponent] = operands(call);
  if (!is_whole(base)) return {at::pow(base, exponent.to(base.scalar_type()))};
  if (is_whole(exponent) && (exponent >= 0).all().item<bool>())
    return {at::pow(base, exponent.to(at::kLong)).to(base.scalar_type())};
  return {at::pow(base.to(at::kDouble), exponent.to(at::kDouble)).to(base.scalar_type())};
}

/// Bits of whole numbers, shifted out of the type where the distance is its width or more.
Outputs shift(const Call& call) {
  const bool is_left = call.node.text("direction", "LEFT") == "LEFT";
  const Tensor a = call[0].to(at::kLong);
  const Tensor distance = call[1].to(at::kLong);
  const Tensor within = at::logical_and(distance >= 0, distance < 64);
  const Tensor by = at::where(within, distance, at::zeros_like(distance));
  const Tensor moved = is_left ? at::bitwise_left_shift(a, by) : at::bitwise_right_shift(a, by);
  return {at::where(within, moved, at::zeros_like(moved)).to(call[0].scalar_type())};
}

Outputs where(const Call& call) { return {at::where(call[0].to(at::kBool), call[1], call[2])}; }

template <Tensor (*function)(const Tensor&, const Tensor&)>
Outputs variadic(const Call& call) {
  Tensor y = call[0];
  for (std::size_t i = 1; i < call.inputs.size(); ++i) y = function(y, call[i]);
  return {y};
}

Outputs mean(const Call& call) {
  return {variadic<add>(call)[0] / static_cast<double>(call.inputs.size())};
}

const Operator kBinary[] = {
    {"", "Add", binary<add>},
    {"", "And", binary<at::logical_and>},
    {"", "BitShift", shift},
    {"", "BitwiseAnd", binary<at::bitwise_and>},
    {"", "BitwiseOr", binary<at::bitwise_or>},
    {"", "BitwiseXor", binary<at::bitwise_xor>},
    {"", "Div", binary<quotient>},
    {"", "Equal", binary<at::eq>},
    {"", "Greater", binary<at::gt>},
    {"", "GreaterOrEqual", binary<at::ge>},
    {"", "Less", binary<at::lt>},
    {"", "LessOrEqual", binary<at::le>},
    {"", "Max", variadic<at::maximum>},
    {"", "Mean", mean},
    {"", "Min", variadic<at::minimum>},
    {"", "Mod", modulo},
    {"", "Mul", binary<at::mul>},
    {"", "Or", binary<at::logical_or>},
    {"", "Pow", power},
    {"", "Sub", binary<subtract>},
    {"", "Sum", variadic<add>},
    {"", "Where", where},
    {"", "Xor", binary<at::logical_xor>},
};

}  // namespace

Operators binary_operators() { return kBinary; }

}  // namespace bitloom::nn::onnx
