#pragma once

#include <random>

#include "models/graph/precision.h"
#include "sim/families/bitfusion/description.h"

namespace bitloom::testing {

/// A small layer and machine, drawn at random: every reduction, ragged tiles, scratchpads that are
/// tight.
struct RandomBitFusionCase {
  hardware::BitFusion hardware;
  graph::LayerShape layer;
  graph::Precision precision;
  std::int64_t batch = 1;
};

enum class OddityChoice { kNone, kAll, kAny };

inline void set_oddities(hardware::BitFusionOddities& odd, OddityChoice choice,
                         std::mt19937& random) {
  for (bool* oddity :
       {&odd.psum_first_touch, &odd.wgt_pad, &odd.out_pad, &odd.ragged_full, &odd.halo_full,
        &odd.windows_expanded, &odd.depthwise_proxy, &odd.latency_full, &odd.overlap_full,
        &odd.port_packed, &odd.port_split, &odd.held_as_run, &odd.floor_packing,
        &odd.core_energy_flat, &odd.sram_unshared})
    *oddity = choice == OddityChoice::kAll || (choice == OddityChoice::kAny && random() % 2 == 0);
  if (choice == OddityChoice::kAny && !odd.depthwise_proxy && random() % 2 == 0)
    odd.depthwise_dense_rows = 1 + static_cast<std::int64_t>(random() % 4);
}

inline RandomBitFusionCase random_bitfusion_case(std::mt19937& random, OddityChoice oddities) {
  const auto in = [&](std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
  };
  RandomBitFusionCase c;
  hardware::BitFusion& hw = c.hardware;
  hw.name = "random";
  hw.rows = in(1, 6);
  hw.columns = in(1, 6);
  hw.operand_bits = 16;
  hw.weight_bytes = hw.units() * in(40, 600);
  hw.activation_bytes = hw.rows * in(60, 600);
  hw.output_bytes = hw.columns * in(8, 300);
  hw.port_bits = in(3, 200);
  hw.clock_mhz = 100;
  hw.output_dram_bits = in(0, 1) * 32;
  set_oddities(hw.oddities, oddities, random);
  hardware::BitFusionEnergy& e = hw.energy;
  double pj = 0.1;
  for (hardware::SourcedConstant* constant :
       {&e.unit_cycle_pj, &e.idle_unit_cycle_pj, &e.wbuf_read_word_pj, &e.wbuf_write_word_pj,
        &e.ibuf_read_word_pj, &e.ibuf_write_word_pj, &e.obuf_read_word_pj, &e.obuf_write_word_pj,
        &e.dram_bit_pj})
    constant->value = pj += 0.37 * static_cast<double>(in(0, 3));

  const std::int64_t kind = in(0, 3);
  const std::int64_t kernel = kind == 3 ? 1 : in(1, 3), stride = kind == 3 ? 1 : in(1, 2);
  const auto extent = [&](std::int64_t output) {
    return std::max<std::int64_t>(1, (output - 1) * stride + kernel - in(0, kernel - 1));
  };
  const std::int64_t height = kind == 3 ? 1 : in(1, 9), width = in(0, 1) ? height : in(1, 9);
  c.layer = {.name = "random",
             .kind = kind == 3   ? graph::LayerKind::kLinear
                     : kind == 2 ? graph::LayerKind::kDepthwise
                                 : graph::LayerKind::kConvolution,
             .in_channels = in(1, 20),
             .out_channels = in(1, 20),
             .kernel = {kernel, kernel},
             .stride = {stride, stride},
             .input = {},
             .output = kind == 3 ? graph::Extent{} : graph::Extent{height, width}};
  if (kind != 3) c.layer.input = {extent(height), extent(width)};
  if (kind == 2) c.layer.out_channels = c.layer.groups = c.layer.in_channels;
  c.layer.reads_input = kind == 1;
  c.precision = {static_cast<int>(in(1, 16)), static_cast<int>(in(1, 16))};
  c.batch = in(1, 3);
  return c;
}

}  // namespace bitloom::testing
