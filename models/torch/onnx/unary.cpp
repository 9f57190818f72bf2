// Functions of one tensor, element by element.
#include "base/error.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

/// Casts as C++ does; real numbers beyond the type's range lose their high bits.
Tensor cast(const Tensor& x, ElementType type) {
  const at::ScalarType holder = holder_of(type);
  if (!x.is_floating_point() || !is_integer(type) || holder == at::kBool) {
    const Tensor y = x.to(holder);
    return is_integer(type) && holder != at::kBool ? wrapped(y, type) : y;
  }
  return wrapped(x.to(at::kLong), type).to(holder);
}

Outputs cast_to(const Call& call) {
  return {cast(call[0], static_cast<ElementType>(call.node.integer("to", 1)))};
}

Outputs cast_like(const Call& call) { return {cast(call[0], call.type(1))}; }

Outputs is_infinite(const Call& call) {
  const Tensor& x = call[0];
  const bool positive = call.node.integer("detect_positive", 1) != 0;
  const bool negative = call.node.integer("detect_negative", 1) != 0;
  const Tensor of_that_sign = positive && negative ? at::ones_like(x, at::kBool)
                              : positive           ? x > 0
                              : negative           ? x < 0
                                                   : at::zeros_like(x, at::kBool);
  return {at::logical_and(at::isinf(x), of_that_sign)};
}

Outputs dropout(const Call& call) {
  const bool may_train = call.has(2) && call[2].item<bool>();
  if (may_train && (!call.has(1) || call[1].item<double>() != 0))
    throw unsupported("dropout while training draws at random");
  const at::ScalarType mask = call.node.opset < 10 ? call[0].scalar_type() : at::kBool;
  Outputs y{call[0]};
  if (call.node.outputs.size() > 1) y.push_back(at::ones_like(call[0], mask));
  return y;
}

Outputs identity(const Call& call) { return {call[0]}; }

Outputs clip(const Call& call) {
  Tensor y = call[0];
  const Node& node = call.node;
  if (node.opset < 11) {
    if (node.has("min")) y = at::clamp_min(y, node.real("min", 0));
    return {node.has("max") ? at::clamp_max(y, node.real("max", 0)) : y};
  }
  if (call.has(1)) y = at::maximum(y, call[1].to(y.scalar_type()));
  return {call.has(2) ? at::minimum(y, call[2].to(y.scalar_type())) : y};
}

const Operator kUnary[] = {
    {"", "Abs", unary<at::abs>},
    {"", "Acos", unary<at::acos>},
    {"", "Acosh", unary<at::acosh>},
    {"", "Asin", unary<at::asin>},
    {"", "Asinh", unary<at::asinh>},
    {"", "Atan", unary<at::atan>},
    {"", "Atanh", unary<at::atanh>},
    {"", "BitwiseNot", unary<at::bitwise_not>},
    {"", "Cast", cast_to},
    {"", "CastLike", cast_like},
    {"", "Ceil", unary<at::ceil>},
    {"", "Clip", clip},
    {"", "Cos", unary<at::cos>},
    {"", "Cosh", unary<at::cosh>},
    {"", "Det", unary<at::det>},
    {"", "Dropout", dropout},
    {"", "Erf", unary<at::erf>},
    {"", "Exp", unary<at::exp>},
    {"", "Floor", unary<at::floor>},
    {"", "Identity", identity},
    {"", "IsInf", is_infinite},
    {"", "IsNaN", unary<at::isnan>},
    {"", "Log", unary<at::log>},
    {"", "Neg", unary<at::neg>},
    {"", "Not", unary<at::logical_not>},
    {"", "Reciprocal", unary<at::reciprocal>},
    {"", "Round", unary<at::round>},  // half to even
    {"", "Sign", unary<at::sign>},
    {"", "Sin", unary<at::sin>},
    {"", "Sinh", unary<at::sinh>},
    {"", "Sqrt", unary<at::sqrt>},
    {"", "Tan", unary<at::tan>},
    {"", "Tanh", unary<at::tanh>},
};

}  // namespace

Operators unary_operators() { return kUnary; }

}  // namespace bitloom::nn::onnx
