#include "rtl/verify/random_workloads.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace bitloom::verify {

Workload RandomWorkloads::next() {
  for (;;) {
    const graph::LayerShape layer = pick_shape();
    const graph::Precision precision{pick_bits(), pick_bits()};
    const std::int64_t batch = pick(1, 4) == 1 ? pick(2, 5) : 1;
    if (!maps(layer, precision, batch)) continue;
    const WeightCoding coding = pick_coding(layer, precision, batch);
    const auto draw = static_cast<Draw>(pick(0, 9) < 7 ? 0 : pick(1, 2));
    const bool signed_activations = pick(0, 1) == 1;
    return random_workload(layer, precision, batch, signed_activations, coding, draw, engine_());
  }
}

bool RandomWorkloads::maps(const graph::LayerShape& layer, graph::Precision precision,
                           std::int64_t batch) const {
  try {
    return admits_(mapping::map_layer(layer, precision, hardware_, batch));
  } catch (const UserError&) {
    return false;
  }
}

std::int64_t RandomWorkloads::pick(std::int64_t least, std::int64_t greatest) {
  return least + static_cast<std::int64_t>((engine_() >> 16) %
                                           static_cast<std::uint64_t>(greatest - least + 1));
}

int RandomWorkloads::pick_bits() {
  return static_cast<int>(pick(0, 4) == 0 ? pick(1, 16) : pick(1, 5));
}

graph::LayerShape RandomWorkloads::pick_shape() {
  graph::LayerShape l;
  l.name = "random";
  const std::int64_t kind = pick(0, 4);
  if (kind == 0) {
    l.kind = graph::LayerKind::kLinear;
    l.in_channels = pick(1, 3 * hardware_.dk + 10);
    l.out_channels = pick(1, 4 * hardware_.dn + 1);
    return l;
  }
  pick_image(l);
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

void RandomWorkloads::pick_image(graph::LayerShape& l) {
  l.input = {pick(1, 9), pick(1, 9)};
  l.kernel = {std::min<std::int64_t>(pick(1, 4), l.input.height),
              std::min<std::int64_t>(pick(1, 4), l.input.width)};
  l.stride = {pick(1, 2), pick(1, 2)};
  const auto extent = [&](std::int64_t in, std::int64_t kernel, std::int64_t stride) {
    return (in + 2 * pick(0, kernel / 2) - kernel) / stride + 1;
  };
  l.output = {extent(l.input.height, l.kernel.height, l.stride.height),
              extent(l.input.width, l.kernel.width, l.stride.width)};
}

WeightCoding RandomWorkloads::pick_coding(const graph::LayerShape& layer, graph::Precision p,
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
