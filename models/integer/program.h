#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "models/graph/graph.h"
#include "models/graph/layer_shape.h"
#include "models/graph/window.h"
#include "models/integer/codes.h"
#include "models/integer/levels.h"
#include "models/integer/requantize.h"

// A quantized network as integer operations: the contract of docs/reference/integer-arithmetic.md
// as data. It is run by IntegerNetwork and by the fake quantization of models/torch, which share
// nothing else.

namespace bitloom::integer {

/// One layer's quantized operands. The layer reads codes of `activation_type`.
struct QuantizedLayer {
  std::string name;
  CodeType weight_type;
  std::vector<std::int32_t> weights;  // out x (in / groups) x kernel height x kernel width codes
  Scaling weight_scaling;
  CodeType activation_type;
  Scaling activation_scaling;
  /// Bits of each filter's codes, 0 where all are 0; empty: all have weight_type. They say what
  /// hardware runs together; the arithmetic is that of weight_type.
  std::vector<int> filter_bits = {};
  /// Of codes that are learned levels: what they are made of. None: every code of the type is
  /// there.
  std::optional<PlaneCoefficients> weight_planes = {};
  std::optional<PlaneCoefficients> activation_planes = {};
};

/// A batch norm at inference: y = scale * x + shift for each channel, scale = gamma / sqrt(variance
/// + epsilon), shift = beta - mean * scale.
struct AffineParameters {
  std::vector<double> scale;
  std::vector<double> shift;
};

/// Real parameters beside the weights, by node name. Layers that share weights share their owner's
/// biases.
struct NetworkParameters {
  std::map<std::string, std::vector<double>> biases;
  std::map<std::string, AffineParameters> batch_norms;
};

// The operations. x is an input's value, S its scale, c its channel; every tensor is channels x
// height x width (or features) of 32-bit integers. scaled() and dyadic numbers: requantize.h.

/// The image's codes: clamp(floor(x / scale + 1/2), lowest, highest), in double.
struct QuantizeImage {
  CodeType type;
  double scale;
};

/// Codes clamp(scaled(x, factors[c]), lowest, highest) of `activation_type`; of learned levels,
/// levels[m] where x is above just m of the channel's thresholds. They are convolved with the
/// weights (zeros as padding), negated where the channel's weights have a negative scale, plus the
/// output channel's bias: accumulators.
struct LayerStep {
  std::size_t layer;  // index in layers_of(graph)
  graph::LayerShape shape;
  graph::Window window;  // of a linear layer: one pixel
  CodeType weight_type;
  CodeType activation_type;
  std::vector<std::int32_t> weights;
  std::vector<std::int32_t> biases;           // one for each output channel, in accumulator units
  std::vector<bool> negated;                  // of each output channel
  std::vector<Dyadic> factors;                // one for each input channel: S_c / activation scale
  std::vector<std::int32_t> levels = {};      // of learned activations, ascending; else empty
  std::vector<std::int32_t> thresholds = {};  // [input channel][levels - 1]
  std::optional<PlaneCoefficients> weight_planes = {};      // of QuantizedLayer
  std::optional<PlaneCoefficients> activation_planes = {};  // of QuantizedLayer
};

/// multipliers[c] * x + offsets[c], exactly. A multiplier is 2^k, -2^k or 0.
struct Affine {
  std::vector<std::int32_t> multipliers;
  std::vector<std::int32_t> offsets;
};

/// max(0, min(x, highest[c])).
struct Clamp {
  std::vector<std::int32_t> highest;
};

/// The largest value under the window inside the image. The padding is resolved (not SAME).
struct MaxPool {
  graph::Window window;
};

/// The sum under the window inside the image of (x + 2^(shift-1)) >> shift (x itself at shift 0),
/// then scaled() by the output pixel's factor where there are factors: windows that count fewer
/// positions than the kernel has weigh more. The padding is resolved.
struct AveragePool {
  graph::Window window;
  int shift = 0;
  std::vector<Dyadic> factors;  // output height x width, or none
};

/// The sum over inputs i of scaled(x_i, factors[i][c]).
struct Add {
  std::vector<std::vector<Dyadic>> factors;
};

/// The inputs' channels one after the other.
struct Concat {};

/// Nearest neighbour: output row y is input row floor(y * input height / output height).
struct Upsample {};

/// Values stay in their order; channels become features.
struct Flatten {};

/// Every `stride`-th row and column; `channels_before` zero channels before, and zeros behind.
struct Subsample {
  std::int64_t stride;
  std::int64_t channels_before;
};

using Operation = std::variant<QuantizeImage, LayerStep, Affine, Clamp, MaxPool, AveragePool, Add,
                               Concat, Upsample, Flatten, Subsample>;

/// A node of the graph as integers. Real value = value * scales[c], and |value| <= bounds[c] < 2^31
/// whatever the image is.
struct Step {
  std::string name;
  Operation op;
  std::vector<graph::NodeId> inputs;
  graph::Shape shape;                // of the output: channels x height x width, or features
  std::vector<double> scales;        // positive, one for each channel or feature
  std::vector<std::int64_t> bounds;  // one for each channel or feature
};

/// Step i is node i of the graph.
struct Program {
  std::string network;
  std::vector<Step> steps;
  std::vector<graph::Output> outputs = {};
};

/// Lowers `graph` with `layers` in the order of layers_of(graph), as
/// docs/reference/integer-arithmetic.md says. A UserError names the node whose parameters are
/// missing, of a wrong count or not finite, whose scales are 0, or negative where activations have
/// them, or whose values could
/// leave 32 bits.
Program lower(const graph::Graph& graph, const std::vector<QuantizedLayer>& layers,
              const NetworkParameters& parameters);

}  // namespace bitloom::integer
