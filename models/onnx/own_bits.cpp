#include "models/onnx/own_bits.h"

#include <algorithm>
#include <cmath>

#include "models/onnx/call.h"

namespace bitloom::onnx {
namespace {

constexpr int kDeepest = 64;  // nodes between a quantizer and a layer

/// The fewest bits that hold whole numbers between these: unsigned where none is below 0.
int bits_between(std::int64_t least, std::int64_t most) {
  int bits = 1;
  if (least >= 0) {
    while (bits < 63 && most >> bits != 0) ++bits;
    return bits;
  }
  while (bits < 63 &&
         (least < -(std::int64_t{1} << (bits - 1)) || most >= std::int64_t{1} << (bits - 1)))
    ++bits;
  return bits;
}

std::optional<double> number(const Flow& flow, const Step& step, std::size_t which) {
  if (!flow.has_input(step, which)) return std::nullopt;
  const Value& value = flow.input(step, which);
  if (!value.tensor || value.tensor->size() != 1) return std::nullopt;
  return reals_of(*value.tensor).front();
}

std::optional<int> stated_bits(const Flow& flow, const Step& step, std::size_t which) {
  const auto bits = number(flow, step, which);
  if (!bits || !(*bits >= 1 && *bits <= 64)) return std::nullopt;
  return static_cast<int>(std::ceil(*bits));
}

/// Which inputs of a node are the operands of its products.
struct Operands {
  std::size_t first, second;
};

Operands operands_of(const Flow& flow, const Step& step) {
  const std::string& op = step.node.op;
  if (op == "QLinearConv" || op == "QLinearMatMul") return {0, 3};
  const bool turned = flow.has_input(step, 0) && flow.input(step, 0).is_constant &&
                      flow.has_input(step, 1) && !flow.input(step, 1).is_constant;
  return turned ? Operands{1, 0} : Operands{0, 1};
}

}  // namespace

BitTracer::BitTracer(const Flow& flow) : flow_(flow) {
  for (const Step& step : flow.steps)
    for (const ValueId id : step.outputs) giver_[id] = &step;
}

OwnBits BitTracer::of(const Step& step) const {
  const Operands operands = operands_of(flow_, step);
  const auto bits = [&](std::size_t which) {
    return flow_.has_input(step, which) ? of_values(*step.inputs[which], 0) : std::nullopt;
  };
  OwnBits own{bits(operands.second), bits(operands.first)};
  const std::int64_t stated = step.node.integer("bits", 4);
  if (step.node.op == "MatMulNBits" && stated >= 1 && stated <= 64)
    own.weights = static_cast<int>(stated);
  return own;
}

std::optional<int> BitTracer::of_values(ValueId id, int depth) const {
  // Each value once: values that are joined with themselves again and again have endless paths.
  const auto known = found_.find(id);
  if (known != found_.end()) return known->second;
  const std::optional<int> bits = traced(id, depth);
  found_[id] = bits;
  return bits;
}

std::optional<int> BitTracer::traced(ValueId id, int depth) const {
  const ElementType type = flow_.values[id].type;
  if (is_integer(type) && type != ElementType::kBool) return of_codes(id, depth);
  const auto giver = giver_.find(id);
  if (giver == giver_.end() || depth > kDeepest) return std::nullopt;
  const Step& step = *giver->second;
  const std::string& op = step.node.op;
  if (op == "Quant" || op == "IntQuant") return stated_bits(flow_, step, 3);
  // Version 2 states the scale that it gives before them.
  if (op == "Trunc") return stated_bits(flow_, step, step.inputs.size() > 5 ? 5 : 4);
  if (op == "BipolarQuant") return 1;
  if (op == "Concat") return widest_input(step, depth + 1);
  if ((op != "DequantizeLinear" && !moves_values(step.node)) || !flow_.has_input(step, 0))
    return std::nullopt;
  return of_values(*step.inputs[0], depth + 1);
}

std::optional<int> BitTracer::widest_input(const Step& step, int depth) const {
  int widest = 0;
  for (const auto& input : step.inputs) {
    const auto bits = input ? of_values(*input, depth) : std::nullopt;
    if (!bits) return std::nullopt;
    widest = std::max(widest, *bits);
  }
  return widest;
}

std::optional<int> BitTracer::of_codes(ValueId id, int depth) const {
  const Value& value = flow_.values[id];
  const int whole = bits_of(value.type);
  if (value.tensor) {
    const std::vector<std::int64_t> codes = integers_of(*value.tensor);
    if (codes.empty()) return whole;
    const auto [least, most] = std::minmax_element(codes.begin(), codes.end());
    return std::min(whole, bits_between(*least, *most));
  }
  const auto giver = giver_.find(id);
  if (giver == giver_.end() || depth > kDeepest) return whole;
  const Step& step = *giver->second;
  const auto least = number(flow_, step, 1), most = number(flow_, step, 2);
  const bool is_bounded = least && most && std::abs(*least) < 1e9 && std::abs(*most) < 1e9;
  if (step.node.op == "Clip" && is_bounded)
    return std::min(
        whole, bits_between(static_cast<std::int64_t>(*least), static_cast<std::int64_t>(*most)));
  const bool goes_on = moves_values(step.node) && flow_.has_input(step, 0) &&
                       flow_.input(step, 0).type == value.type;
  return goes_on ? of_codes(*step.inputs[0], depth + 1) : whole;
}

}  // namespace bitloom::onnx
