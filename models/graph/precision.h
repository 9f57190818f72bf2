#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.h"
#include "models/graph/layer_shape.h"

namespace bitloom::graph {

constexpr int kMinBits = 1;
constexpr int kMaxBits = 16;
/// Activation bits that stand for single precision: weights alone are quantized.
constexpr int kFloatBits = 32;

/// Bits of a layer's operands, each in [1, 16]: `activation_bits` of what it reads, `weight_bits`
/// of its weights or, in a product of two activations, of the second.
struct Precision {
  int weight_bits = 8;
  int activation_bits = 8;
  bool operator==(const Precision&) const = default;
};

/// Whether activations may be kFloatBits: where accuracy is asked for, not cost.
enum class Activations { kInteger, kIntegerOrFloat };

/// Reads `W/A`, both in [1, 16]; a UserError names the option and the text.
Precision parse_precision(std::string_view option, std::string_view text,
                          Activations activations = Activations::kInteger);

/// `4/6`.
std::string to_text(Precision precision);

/// BOPs of a layer for one image: MACs x weight bits x activation bits.
BitOps bops(const LayerShape& layer, Precision precision);

}  // namespace bitloom::graph
