#pragma once

#include <vector>

#include "models/onnx/model.h"

namespace bitloom::onnx {

/// The name under which the nodes of in_real_numbers() read a scale of 1.
inline constexpr const char* kScaleOfOne = "scale of 1";

/// A product of codes as the nodes that say the same in real numbers: `DequantizeLinear` of both
/// factors and of the bias, the product under the node's own name, and `QuantizeLinear`, or `Cast`
/// for whole sums. They read the node's inputs and give its first output. So `QLinearConv`,
/// `QLinearMatMul`, `ConvInteger`, `MatMulInteger` and com.microsoft's `QGemm` are quantized layers
/// as any other. `opset` is that of ONNX's own operators. Nothing for other nodes, and for a
/// `QGemm` with a factor `alpha`.
std::vector<Node> in_real_numbers(const Node& node, std::int64_t opset);

}  // namespace bitloom::onnx
