#pragma once

#include <span>
#include <string_view>

#include "models/torch/onnx/call.h"

namespace bitloom::nn::onnx {

/// An operator of ONNX on LibTorch. Its function reads the version from `node.opset` and gives a
/// tensor for each output, undefined where an output that it can leave out is not asked for.
struct Operator {
  std::string_view domain;  // empty: ONNX's own
  std::string_view op;
  Outputs (*run)(const Call&);
};

/// The row of a node's operator; nothing where it is not known. If, Loop, Scan and functions of the
/// model have none: run.h evaluates them.
const Operator* operator_of(std::string_view domain, std::string_view op);
/// All rows, kind by kind.
std::vector<Operator> operators();

/// In what floats an operator computes before its result is rounded to the type of its operands.
enum class Precision {
  kSingle,  // numbers of 16 bits in single precision, others in their own
  kDouble,  // all in double precision
};

/// Runs it. A UserError without a place, also for what LibTorch refuses.
Outputs evaluate(const Operator& op, const Call& call, Precision precision = Precision::kSingle);
/// The types of its outputs as the model has them (see Call::types).
std::vector<ElementType> types_of(const Call& call, const Outputs& outputs);

using Operators = std::span<const Operator>;
Operators unary_operators();
Operators activation_operators();
Operators binary_operators();
Operators reduction_operators();
Operators order_operators();
Operators shape_operators();
Operators constant_operators();
Operators layout_operators();
Operators slicing_operators();
Operators indexing_operators();
Operators convolution_operators();
Operators pool_operators();
Operators resize_operators();
Operators normalization_operators();
Operators product_operators();
Operators detection_operators();
Operators quantization_operators();
Operators quantized_operators();
Operators qonnx_operators();
Operators recurrent_operators();
Operators block_weight_operators();
Operators attention_operators();
Operators microsoft_operators();

}  // namespace bitloom::nn::onnx
