#pragma once

#include <string>
#include <vector>

#include "models/graph/graph.h"
#include "models/integer/program.h"
#include "models/onnx/model.h"
#include "models/weights/parameters.h"

namespace bitloom::onnx {

enum class Format {
  kPlain,  // operators of ONNX in single precision
  kQonnx,  // the same with QONNX's Quant at both operands of each layer
  kQdq,    // QuantizeLinear and DequantizeLinear there, codes of 8 bits or fewer
};

/// `onnx`, `qonnx` or `qdq`; an unknown one is answered with these.
Format parse_format(std::string_view text);

/// What a network computes with.
struct ExportedValues {
  /// Its parameters; without them weights are zeros of the right shape, fit for prices alone.
  const weights::Parameters* parameters = nullptr;
  /// Its quantized layers, in the order of layers_of(graph): of kQonnx and kQdq.
  const std::vector<integer::QuantizedLayer>* layers = nullptr;
  /// Of a network that was imported: its inputs as their file has them (Imported::inputs).
  std::vector<ValueInfo> inputs = {};
  std::string normalization = {};  // of images, noted in the file; empty: none is
};

/// The graph as a model of opset 18, or of the opset that its nodes of ONNX have, which are written
/// as they are. Its nodes and weights have the graph's names; the number of
/// images is left open. Quantized layers compute with the same codes and scales as bitloom:
///
///     kQonnx  weights Quant(code scale_c), inputs Quant(x, scale), rounding half to even
///     kQdq    weights DequantizeLinear(code, scale_c), inputs DequantizeLinear(Clip(
///             QuantizeLinear(x, scale))), the clip where codes have fewer than 8 bits
///
/// bitloom rounds halves up, and keeps sums as integers between layers: codes differ where a value
/// lies within a rounding error of a half. A UserError names the layer whose codes the format
/// cannot say.
Model export_model(const graph::Graph& graph, Format format, const ExportedValues& values = {});

}  // namespace bitloom::onnx
