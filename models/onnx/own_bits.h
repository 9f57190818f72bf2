#pragma once

#include <map>
#include <optional>

#include "models/onnx/inference/flow.h"

namespace bitloom::onnx {

/// Bits of the operands of a layer as its file quantizes them; nothing for one that it leaves in
/// floats.
struct OwnBits {
  std::optional<int> weights = {};      // of the second operand
  std::optional<int> activations = {};  // of the first
};

/// Follows the operands of a node with products back to what quantized them, through nodes that
/// hand values on:
///
/// | quantizer | bits |
/// |---|---|
/// | `Quant`, `IntQuant`, `Trunc` of QONNX | as they say |
/// | `BipolarQuant` | 1 |
/// | `DequantizeLinear` of constant codes | the fewest that hold all codes, at most the type's |
/// | of other codes | those of a `Clip` around them, else the type's |
/// | codes that are multiplied (`QLinearConv`, `MatMulInteger`, ..) | the same |
/// | `MatMulNBits`: weights | as it says |
class BitTracer {
 public:
  explicit BitTracer(const Flow& flow);
  OwnBits of(const Step& step) const;

 private:
  std::optional<int> of_values(ValueId id, int depth) const;
  std::optional<int> traced(ValueId id, int depth) const;
  std::optional<int> of_codes(ValueId id, int depth) const;
  std::optional<int> widest_input(const Step& step, int depth) const;

  const Flow& flow_;
  std::map<ValueId, const Step*> giver_;
  mutable std::map<ValueId, std::optional<int>> found_;
};

}  // namespace bitloom::onnx
