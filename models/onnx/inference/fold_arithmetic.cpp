#include <algorithm>
#include <cmath>
#include <limits>

#include "models/onnx/inference/fold_functions.h"

namespace bitloom::onnx {
namespace {

/// The element of `from` that is broadcast to element `at` of a result of shape `to`.
Number broadcast_element(const Numbers& from, const Shape& to, std::size_t at) {
  std::size_t place = 0, step = 1;
  for (std::size_t i = 0; i < from.dims.size(); ++i) {
    const auto size = static_cast<std::size_t>(to[to.size() - 1 - i]);
    const auto own = static_cast<std::size_t>(from.dims[from.dims.size() - 1 - i]);
    if (own > 1) place += at % size * step;
    at /= size;
    step *= own;
  }
  return from.values[place];
}

/// Whether an input has the sizes of a result of shape `to`, or 1, counted from the last.
bool is_broadcast_to(const Numbers& input, const Shape& to) {
  const Shape& dims = input.dims;
  if (dims.size() > to.size() || input.type == ElementType::kUndefined) return false;
  const std::size_t skip = to.size() - dims.size();
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (dims[i] != 1 && dims[i] != to[skip + i]) return false;
  return true;
}

/// Values as the result's type holds them.
Number rounded_to(ElementType type, Number value) {
  if (type == ElementType::kFloat) return static_cast<float>(value);
  if (type == ElementType::kDouble) return static_cast<double>(value);
  if (type == ElementType::kBool) return value != 0 ? 1 : 0;
  return std::trunc(value);
}

template <class Function>
bool unary(const std::vector<Numbers>& inputs, Numbers& output, const Function& function) {
  for (std::size_t i = 0; i < output.size(); ++i)
    output.values[i] = rounded_to(output.type, function(inputs[0].values[i]));
  return true;
}

/// Of all inputs, from left to right. `function` may answer NaN where there is no result.
template <class Function>
bool variadic(const std::vector<Numbers>& inputs, Numbers& output, const Function& function) {
  for (const Numbers& input : inputs)
    if (!is_broadcast_to(input, output.dims)) return false;
  for (std::size_t at = 0; at < output.size(); ++at) {
    Number value = broadcast_element(inputs[0], output.dims, at);
    for (std::size_t i = 1; i < inputs.size(); ++i)
      value = function(value, broadcast_element(inputs[i], output.dims, at));
    if (std::isnan(value)) return false;
    output.values[at] = rounded_to(output.type, value);
  }
  return true;
}

Number quotient(Number a, Number b) { return b == 0 ? NAN : a / b; }

/// The remainder with the divisor's sign, as integers have it.
Number floored_remainder(Number a, Number b) { return b == 0 ? NAN : a - b * std::floor(a / b); }

bool fold_mod(const Node& node, const std::vector<Numbers>& inputs, std::size_t, Numbers& out) {
  if (node.integer("fmod", 0) == 0) return variadic(inputs, out, floored_remainder);
  return variadic(inputs, out,
                  [](Number a, Number b) -> Number { return b == 0 ? NAN : std::fmod(a, b); });
}

bool fold_where(const Node&, const std::vector<Numbers>& inputs, std::size_t, Numbers& out) {
  if (inputs.size() != 3) return false;
  for (std::size_t at = 0; at < out.size(); ++at) {
    const bool chosen = broadcast_element(inputs[0], out.dims, at) != 0;
    out.values[at] = broadcast_element(inputs[chosen ? 1 : 2], out.dims, at);
  }
  return true;
}

bool fold_clip(const Node& node, const std::vector<Numbers>& inputs, std::size_t, Numbers& out) {
  constexpr Number kInfinity = std::numeric_limits<Number>::infinity();
  Number least = node.has("min") ? node.real("min", 0) : -kInfinity;
  Number most = node.has("max") ? node.real("max", 0) : kInfinity;
  if (inputs.size() > 1 && inputs[1].size() == 1) least = inputs[1].values[0];
  if (inputs.size() > 2 && inputs[2].size() == 1) most = inputs[2].values[0];
  return unary(inputs, out, [&](Number x) { return std::min(std::max(x, least), most); });
}

using In = const std::vector<Numbers>&;

}  // namespace

const std::vector<FoldRow>& fold_arithmetic() {
  static const std::vector<FoldRow> table{
      {"Cast", [](const Node&, In in, std::size_t,
                  Numbers& out) { return unary(in, out, [](Number x) { return x; }); }},
      {"Neg", [](const Node&, In in, std::size_t,
                 Numbers& out) { return unary(in, out, [](Number x) { return -x; }); }},
      {"Abs", [](const Node&, In in, std::size_t,
                 Numbers& out) { return unary(in, out, [](Number x) { return std::abs(x); }); }},
      {"Floor",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return unary(in, out, [](Number x) { return std::floor(x); });
       }},
      {"Ceil", [](const Node&, In in, std::size_t,
                  Numbers& out) { return unary(in, out, [](Number x) { return std::ceil(x); }); }},
      {"Round",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return unary(in, out, [](Number x) { return std::nearbyint(x); });
       }},
      {"Sqrt", [](const Node&, In in, std::size_t,
                  Numbers& out) { return unary(in, out, [](Number x) { return std::sqrt(x); }); }},
      {"Not",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return unary(in, out, [](Number x) -> Number { return x == 0 ? 1 : 0; });
       }},
      {"Add",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return variadic(in, out, [](Number a, Number b) { return a + b; });
       }},
      {"Sub",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return variadic(in, out, [](Number a, Number b) { return a - b; });
       }},
      {"Mul",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return variadic(in, out, [](Number a, Number b) { return a * b; });
       }},
      {"Div",
       [](const Node&, In in, std::size_t, Numbers& out) { return variadic(in, out, quotient); }},
      {"Mod", fold_mod},
      {"Pow",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return variadic(in, out, [](Number a, Number b) { return std::pow(a, b); });
       }},
      {"Min",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return variadic(in, out, [](Number a, Number b) { return std::min(a, b); });
       }},
      {"Max",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return variadic(in, out, [](Number a, Number b) { return std::max(a, b); });
       }},
      {"Equal",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return variadic(in, out, [](Number a, Number b) -> Number { return a == b; });
       }},
      {"Less",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return variadic(in, out, [](Number a, Number b) -> Number { return a < b; });
       }},
      {"Greater",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return variadic(in, out, [](Number a, Number b) -> Number { return a > b; });
       }},
      {"LessOrEqual",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return variadic(in, out, [](Number a, Number b) -> Number { return a <= b; });
       }},
      {"GreaterOrEqual",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return variadic(in, out, [](Number a, Number b) -> Number { return a >= b; });
       }},
      {"And",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return variadic(in, out, [](Number a, Number b) -> Number { return a != 0 && b != 0; });
       }},
      {"Or",
       [](const Node&, In in, std::size_t, Numbers& out) {
         return variadic(in, out, [](Number a, Number b) -> Number { return a != 0 || b != 0; });
       }},
      {"Where", fold_where},
      {"Clip", fold_clip},
  };
  return table;
}

}  // namespace bitloom::onnx
