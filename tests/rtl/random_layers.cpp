#include "tests/rtl/random_layers.h"

#include <cmath>

#include "base/error.h"
#include "sim/analytic/analytic.h"

namespace bitloom::verify {

hardware::Bismo hardware_of(const Core& core) {
  const CoreParameters& p = core.parameters();
  hardware::Bismo hw;
  hw.name = "test";
  hw.dm = p.dm;
  hw.dk = p.dk;
  hw.dn = p.dn;
  hw.activation_buffer_words = p.activation_words;
  hw.weight_buffer_words = p.weight_words;
  hw.activation_port_bits = p.activation_port_bits;
  hw.weight_port_bits = p.weight_port_bits;
  if (p.result_port_bits < p.tile_bits()) hw.result_port_bits = p.result_port_bits;
  hw.accumulator_bits = p.accumulator_bits;
  hw.pipeline_cycles = core.pipeline_cycles();
  return hw;
}

ScheduledLayer RandomLayers::next() {
  for (;;) {
    const graph::LayerShape layer = pick_shape();
    const graph::Precision precision{pick_bits(), pick_bits()};
    const std::int64_t batch = pick(1, 4) == 1 ? pick(2, 5) : 1;
    try {
      const mapping::Schedule schedule =
          analytic::schedule(mapping::map_layer(layer, precision, hardware_, batch));
      const Cycles cycles = analytic::run(schedule, hardware_).total;
      if (cycles.count() > most_cycles_) continue;
      const WeightCoding coding = pick_coding(layer, precision, batch);
      const auto draw = static_cast<Draw>(pick(0, 9) < 7 ? 0 : pick(1, 2));
      return {random_workload(layer, precision, batch, pick(0, 1) == 1, coding, draw, engine_()),
              schedule, cycles};
    } catch (const UserError&) {  // not mapped: try another
    }
  }
}

std::int64_t RandomLayers::pick(std::int64_t least, std::int64_t greatest) {
  return least + static_cast<std::int64_t>((engine_() >> 16) %
                                           static_cast<std::uint64_t>(greatest - least + 1));
}

int RandomLayers::pick_bits() {
  return static_cast<int>(pick(0, 4) == 0 ? pick(1, 16) : pick(1, 5));
}

graph::LayerShape RandomLayers::pick_shape() {
  graph::LayerShape l;
  l.name = "random";
  const std::int64_t kind = pick(0, 4);
  if (kind == 0) {
    l.kind = graph::LayerKind::kLinear;
    l.in_channels = pick(1, 3 * hardware_.dk + 10);
    l.out_channels = pick(1, 4 * hardware_.dn + 1);
    return l;
  }
  l.input = {pick(1, 9), pick(1, 9)};
  l.kernel = {std::min<std::int64_t>(pick(1, 4), l.input.height),
              std::min<std::int64_t>(pick(1, 4), l.input.width)};
  l.stride = {pick(1, 2), pick(1, 2)};
  const auto extent = [&](std::int64_t in, std::int64_t kernel, std::int64_t stride) {
    return (in + 2 * pick(0, kernel / 2) - kernel) / stride + 1;
  };
  l.output = {extent(l.input.height, l.kernel.height, l.stride.height),
              extent(l.input.width, l.kernel.width, l.stride.width)};
  l.groups = kind == 1 ? pick(2, 3) : 1;
  l.in_channels = l.groups * pick(1, kind == 2 ? hardware_.dk : 6);
  l.out_channels = l.groups * pick(1, 2 * hardware_.dn + 1);
  if (kind == 3) {
    l.kind = graph::LayerKind::kDepthwise;
    l.groups = l.in_channels;
    l.out_channels = l.in_channels * pick(1, 2);
  }
  return l;
}

WeightCoding RandomLayers::pick_coding(const graph::LayerShape& layer, graph::Precision p,
                                       std::int64_t batch) {
  const bool shares_words = layer.kind == graph::LayerKind::kDepthwise && batch > 1;
  if (p.weight_bits == 1 && !shares_words && pick(0, 2) > 0) return WeightCoding::kBipolar;
  // The mapping admits signed weights; unsigned ones reach nearly twice as far.
  const double unsigned_reach =
      static_cast<double>(layer.reduction()) * std::ldexp(1.0, p.activation_bits + p.weight_bits);
  const bool fits =
      unsigned_reach < std::ldexp(1.0, static_cast<int>(hardware_.accumulator_bits) - 1);
  return fits && pick(0, 3) == 0 ? WeightCoding::kUnsigned : WeightCoding::kSigned;
}

}  // namespace bitloom::verify
