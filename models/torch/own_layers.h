#pragma once

#include <string>
#include <vector>

#include "models/integer/program.h"
#include "models/onnx/import.h"

namespace bitloom::nn {

/// A layer of a file of ONNX with the codes that the file itself says.
struct OwnLayer {
  integer::QuantizedLayer operands = {};  // where `why_not` is empty
  std::string why_not = {};               // why the layer's product is none of codes
};

/// The layers of `network`, in the order of layers_of(network.graph). A layer's product is one of
/// codes where the layer is a convolution over two dimensions or a linear layer with weights, and
/// both operands come from quantizers through nodes that move values:
///
/// | operand | quantizer | codes |
/// |---|---|---|
/// | weights | `DequantizeLinear` of stored codes, `Quant`, `IntQuant`, `BipolarQuant` | less their
///   zero points, on one scale for each output channel |
/// | input | `DequantizeLinear` of codes, which a `Clip` before it may bound; `Quant`, `IntQuant`,
///   `BipolarQuant` | less their zero point, on one scale |
///
/// Products of codes such as `QLinearConv` are read as `DequantizeLinear` and `QuantizeLinear`
/// around a product (models/onnx/inference/products_of_codes.h). A zero point that is computed from
/// the image may be any code of its type.
///
/// Code types have the fewest bits that hold all codes of the quantizer, at most 16.
std::vector<OwnLayer> own_layers(const bitloom::onnx::Imported& network);

}  // namespace bitloom::nn
