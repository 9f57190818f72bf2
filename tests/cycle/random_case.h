#pragma once

#include <random>
#include <string>

#include <fmt/format.h>

#include "sim/families/bismo/analytic.h"
#include "sim/families/bismo/description.h"
#include "sim/families/bismo/mapping.h"

namespace bitloom {

/// A small layer on a small BISMO: remainders in every direction, several products, blocks, chunks
/// and words.
struct Case {
  hardware::Bismo hardware;
  graph::LayerShape layer;
  graph::Precision precision;
  std::int64_t batch;

  explicit Case(std::mt19937& random) {
    const auto pick = [&](int least, int most) {
      return std::uniform_int_distribution<int>(least, most)(random);
    };
    hardware.name = "random";
    hardware.dm = pick(1, 5);
    hardware.dk = pick(1, 3) == 1 ? pick(1, 40) : 8 << pick(0, 2);
    hardware.dn = pick(1, 5);
    hardware.activation_buffer_words = pick(16, 64);
    hardware.weight_buffer_words = pick(16, 64);
    hardware.activation_port_bits = pick(1, 48);
    hardware.weight_port_bits = pick(1, 48);
    hardware.clock_mhz = 200;
    hardware.accumulator_bits = 64;
    hardware.pipeline_cycles = pick(0, 3) == 0 ? pick(1, 6) : 0;
    precision = {pick(1, pick(1, 16)), pick(1, pick(1, 16))};
    batch = pick(1, 2);
    layer.name = "random";
    layer.kind = static_cast<graph::LayerKind>(pick(0, 2));
    layer.in_channels = pick(1, layer.kind == graph::LayerKind::kLinear ? 90 : 8);
    layer.out_channels = pick(1, 14);
    if (layer.kind == graph::LayerKind::kDepthwise) layer.out_channels = layer.in_channels;
    if (layer.kind != graph::LayerKind::kLinear) {
      layer.kernel = {pick(1, 3), pick(1, 3)};
      layer.input = layer.output = {pick(1, 4), pick(1, 5)};
    }
    layer.groups = layer.kind == graph::LayerKind::kDepthwise ? layer.in_channels : 1;
  }

  mapping::Schedule schedule() const {
    return analytic::schedule(mapping::map_layer(layer, precision, hardware, batch), hardware);
  }
  std::string text() const {
    return fmt::format(
        "{}x{}x{}, buffers {} {}, ports {} {}, pipeline {}; kind {}, {} -> {} channels, kernel "
        "{}x{}, output {}x{}, {} bits, batch {}",
        hardware.dm, hardware.dk, hardware.dn, hardware.activation_buffer_words,
        hardware.weight_buffer_words, hardware.activation_port_bits, hardware.weight_port_bits,
        hardware.pipeline_cycles, static_cast<int>(layer.kind), layer.in_channels,
        layer.out_channels, layer.kernel.height, layer.kernel.width, layer.output.height,
        layer.output.width, graph::to_text(precision), batch);
  }
};

}  // namespace bitloom
