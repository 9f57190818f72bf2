#pragma once

#include <random>
#include <string>

#include <fmt/format.h>

#include "sim/families/bismo/analytic.h"
#include "sim/families/bismo/description.h"
#include "tests/support/shipped_hardware.h"

namespace bitloom {

/// A layer of a network's size on a BISMO with DRAM, one of the shipped parts with other channels,
/// clocks and latencies around it.
struct DramCase {
  hardware::Bismo hardware;
  graph::LayerShape layer;
  graph::Precision precision;
  std::int64_t batch;
  sim::Neighbors neighbors;

  explicit DramCase(std::mt19937& random) {
    const auto pick = [&](int least, int most) {
      return std::uniform_int_distribution<int>(least, most)(random);
    };
    static const hardware::Dram kParts[] = {*testing::shipped_hardware("bismo-edge-real").dram,
                                            *testing::shipped_hardware("bismo-cloud-real").dram};
    hardware.name = "random";
    hardware.dm = pick(4, 24);
    hardware.dk = 32 << pick(0, 3);
    hardware.dn = pick(4, 24);
    hardware.activation_buffer_words = 256 << pick(0, 3);
    hardware.weight_buffer_words = 256 << pick(0, 3);
    hardware.activation_port_bits = 64 << pick(0, 3);
    hardware.weight_port_bits = 64 << pick(0, 3);
    if (pick(0, 1) == 0) hardware.result_port_bits = 16 << pick(0, 6);
    if (hardware.result_port_bits > 0)
      hardware.write_back = static_cast<hardware::WriteBack>(pick(0, 2));
    hardware.fetch_sync = static_cast<hardware::FetchSync>(pick(0, 3) == 0);
    hardware.overlap = pick(0, 3) == 0;
    if (pick(0, 3) == 0) hardware.fetch_issue_cycles = hardware.execute_issue_cycles = pick(1, 8);
    hardware.clock_mhz = pick(100, 350);
    hardware.accumulator_bits = 64;
    hardware.pipeline_cycles = pick(0, 4);
    hardware.memory_latency_cycles = pick(0, 2) == 0 ? pick(1, 40) : 0;
    hardware.dram = kParts[pick(0, 1)];
    hardware.dram->channels = 1 << pick(0, 1);
    hardware.dram->clock_mhz *= 0.01 * pick(60, 110);
    precision = {pick(1, pick(1, 8)), pick(1, pick(1, 8))};
    batch = pick(1, 4);
    layer.name = "random";
    layer.kind = static_cast<graph::LayerKind>(pick(0, 2));
    layer.in_channels = 1 << pick(2, 9);
    layer.out_channels = pick(4, 512);
    if (layer.kind == graph::LayerKind::kDepthwise) {
      layer.in_channels = pick(4, 64);
      layer.out_channels = layer.in_channels;
    }
    if (layer.kind != graph::LayerKind::kLinear) {
      if (pick(0, 1) == 1) layer.kernel = {3, 3};
      layer.input = layer.output = {pick(4, 28), pick(4, 28)};
    }
    layer.groups = layer.kind == graph::LayerKind::kDepthwise ? layer.in_channels : 1;
    neighbors.output_bits = precision.activation_bits;
    if (pick(0, 1) == 0) neighbors.input_bits = pick(1, 8);
    hardware.layout.im2col = static_cast<hardware::Im2col>(pick(0, 1));
    hardware.layout.convert = static_cast<hardware::Conversion>(pick(0, 2));
    hardware.layout.port_bits = 16 << pick(0, 4);
  }

  mapping::Schedule schedule() const {
    return analytic::schedule(mapping::map_layer(layer, precision, hardware, batch, neighbors),
                              hardware);
  }
  std::string text() const {
    return fmt::format(
        "{}x{}x{} at {} MHz, buffers {} {}, ports {} {} {}, write-back {}, sync {}, overlap {}, "
        "issue {}, latency {}, {} x {} at {:.0f} MHz; "
        "kind "
        "{}, {} -> {} channels, kernel {}, output {}x{}, {} bits, batch {}",
        hardware.dm, hardware.dk, hardware.dn, hardware.clock_mhz, hardware.activation_buffer_words,
        hardware.weight_buffer_words, hardware.activation_port_bits, hardware.weight_port_bits,
        hardware.result_port_bits, static_cast<int>(hardware.write_back),
        static_cast<int>(hardware.fetch_sync), hardware.overlap, hardware.fetch_issue_cycles,
        hardware.memory_latency_cycles, hardware.dram->channels, hardware.dram->bus_bits,
        hardware.dram->clock_mhz, static_cast<int>(layer.kind), layer.in_channels,
        layer.out_channels, layer.kernel.height, layer.output.height, layer.output.width,
        graph::to_text(precision), batch);
  }
};

}  // namespace bitloom
