// Runs a row of the table, whatever the types of its inputs.
#include <optional>

#include "base/error.h"
#include "models/torch/onnx/scales.h"
#include "models/torch/onnx/table.h"

namespace bitloom::nn::onnx {
namespace {

bool is_to_widen(const Tensor& x, Precision precision) {
  if (!x.defined() || !x.is_floating_point()) return false;
  const bool is_single = x.scalar_type() == at::kFloat;
  return x.scalar_type() != at::kDouble && (precision == Precision::kDouble || !is_single);
}

/// Whether a node says itself of what type its result is.
bool states_type(const Node& node) {
  return node.op == "CastLike" || node.has("to") || node.has("dtype") || node.has("output_dtype");
}

/// LibTorch computes little in floats of 16 bits on a CPU.
Outputs evaluate_widened(const Operator& op, const Call& call, Precision precision) {
  const at::ScalarType wide = precision == Precision::kDouble ? at::kDouble : at::kFloat;
  Call widened = call;
  std::optional<at::ScalarType> narrow;
  for (Tensor& input : widened.inputs) {
    if (!is_to_widen(input, precision)) continue;
    if (!narrow) narrow = input.scalar_type();
    input = input.to(wide);
  }
  if (!narrow) return op.run(call);
  Outputs outputs = op.run(widened);
  for (Tensor& output : outputs)
    if (output.defined() && output.scalar_type() == wide) output = output.to(*narrow);
  return outputs;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

bool is_held_elsewhere(ElementType type) {
  return type != ElementType::kUndefined && type_of(holder_of(type)) != type;
}

/// The type that the node states, where its holder does not tell.
ElementType stated_type(const Call& call) {
  const Node& node = call.node;
  if (node.op == "Cast") return static_cast<ElementType>(node.integer("to", 0));
  if (node.op == "CastLike" && call.has(1)) return call.type(1);
  if (node.op == "EyeLike" && node.has("dtype"))
    return static_cast<ElementType>(node.integer("dtype", 0));
  if (node.op == "QuantizeLinear") return type_of_codes(call);
  if (const auto* value = node.attribute("value"); value && value->tensor)
    return value->tensor->type;
  return ElementType::kUndefined;
}

}  // namespace

Outputs evaluate(const Operator& op, const Call& call, Precision precision) {
  try {
    return states_type(call.node) ? op.run(call) : evaluate_widened(op, call, precision);
  } catch (const UserError& error) {
    throw error.with_text(first_line(error.what()));
  } catch (const c10::Error& error) {
    throw UserError(first_line(error.what_without_backtrace()));
  } catch (const std::exception& error) {
    throw UserError(first_line(error.what()));
  }
}

std::vector<ElementType> types_of(const Call& call, const Outputs& outputs) {
  const ElementType stated = stated_type(call);
  std::vector<ElementType> types;
  for (const Tensor& output : outputs) {
    ElementType type = output.defined() ? type_of(output.scalar_type()) : ElementType::kUndefined;
    if (output.defined() && is_held_elsewhere(stated) && holder_of(stated) == output.scalar_type())
      type = stated;
    for (std::size_t i = 0; i < call.inputs.size() && stated == ElementType::kUndefined; ++i) {
      if (!call.has(i) || !output.defined() || !is_held_elsewhere(call.type(i))) continue;
      if (holder_of(call.type(i)) != output.scalar_type()) continue;
      type = call.type(i);
      break;
    }
    types.push_back(type);
  }
  return types;
}

}  // namespace bitloom::nn::onnx
