#pragma once

#include "models/graph/layer_shape.h"
#include "sim/families/bismo/description.h"

namespace bitloom::testing {

/// A convolution without padding, stride 1.
inline graph::LayerShape tiny_convolution(std::int64_t in_channels, std::int64_t out_channels,
                                          std::int64_t kernel, std::int64_t output_side) {
  return {.name = "tiny",
          .kind = graph::LayerKind::kConvolution,
          .in_channels = in_channels,
          .out_channels = out_channels,
          .kernel = {kernel, kernel},
          .stride = {1, 1},
          .input = {output_side + kernel - 1, output_side + kernel - 1},
          .output = {output_side, output_side}};
}

inline graph::LayerShape tiny_linear(std::int64_t in_features, std::int64_t out_features) {
  return {.name = "tiny",
          .kind = graph::LayerKind::kLinear,
          .in_channels = in_features,
          .out_channels = out_features,
          .kernel = {},
          .stride = {},
          .input = {},
          .output = {}};
}

/// 2 x 4 bits x 3, small enough to count by hand.
inline hardware::Bismo tiny_hardware() {
  hardware::Bismo hw;
  hw.name = "tiny-array";
  hw.dm = 2;
  hw.dk = 4;
  hw.dn = 3;
  hw.activation_buffer_words = 24;
  hw.weight_buffer_words = 24;
  hw.activation_port_bits = 2;
  hw.weight_port_bits = 3;
  hw.clock_mhz = 100;
  return hw;
}

}  // namespace bitloom::testing
