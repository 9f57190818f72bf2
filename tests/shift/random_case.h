#pragma once

#include <random>

#include "models/graph/precision.h"
#include "sim/families/shift/description.h"

namespace bitloom::testing {

/// 2 x 2 units, blocks of 2 pixels, ports of 4, 4 and 8 bits: the example of
/// docs/reference/shift.md.
inline hardware::Shift tiny_shift() {
  hardware::Shift hw;
  hw.name = "tiny-array";
  hw.rows = hw.columns = 2;
  hw.activation_bytes = 16;
  hw.sums = 2;
  hw.activation_port_bits = hw.weight_port_bits = 4;
  hw.result_port_bits = 8;
  hw.clock_mhz = 100;
  hw.selected_share = 0.25;
  return hw;
}

/// A small layer and machine, drawn at random: ragged tiles, blocks of few pixels, ports that are
/// late.
struct RandomShiftCase {
  hardware::Shift hardware;
  graph::LayerShape layer;
  graph::Precision precision;
  std::int64_t batch = 1;
};

inline RandomShiftCase random_shift_case(std::mt19937& random) {
  const auto in = [&](std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
  };
  RandomShiftCase c;
  hardware::Shift& hw = c.hardware;
  hw.name = "random";
  hw.rows = in(1, 9);
  hw.columns = in(1, 6);
  hw.accumulator_bits = 64;
  hw.activation_bytes = in(400, 2000);
  hw.sums = in(1, 20);
  hw.activation_port_bits = in(1, in(2, 150));
  hw.weight_port_bits = in(1, in(2, 150));
  hw.result_port_bits = in(1, in(2, 150));
  hw.clock_mhz = 100;
  hw.selected_share = static_cast<double>(in(0, 8)) / 8;
  hw.result_dram_bits = in(0, 1) * 32;

  const std::int64_t kind = in(0, 3);
  const std::int64_t kernel = kind == 3 ? 1 : in(1, 3), height = in(1, 9), width = in(1, 9);
  c.layer = {.name = "random",
             .kind = kind == 3   ? graph::LayerKind::kLinear
                     : kind == 2 ? graph::LayerKind::kDepthwise
                                 : graph::LayerKind::kConvolution,
             .in_channels = in(1, 20),
             .out_channels = in(1, 20),
             .kernel = {kernel, kernel},
             .stride = {1, 1},
             .input = {height + kernel - 1, width + kernel - 1},
             .output = {height, width}};
  if (kind == 3) c.layer.input = c.layer.output = {};
  if (kind == 2) c.layer.out_channels = c.layer.groups = c.layer.in_channels;
  if (kind == 1) {
    c.layer.groups = in(1, 3);
    c.layer.in_channels *= c.layer.groups;
    c.layer.out_channels *= c.layer.groups;
  }
  c.precision = {static_cast<int>(in(2, 5)), static_cast<int>(in(1, 8))};
  c.batch = in(1, 3);
  return c;
}

}  // namespace bitloom::testing
