#pragma once

#include <cstdint>

#include "models/graph/layer_shape.h"
#include "models/graph/precision.h"
#include "sim/families/bismo/description.h"
#include "sim/job.h"
#include "sim/kit/gemm.h"

namespace bitloom::mapping {

/// Bits that the unit moves that converts a layer's activations to bit-planes
/// (docs/reference/timing-knobs.md, "Layout of activations").
struct Conversion {
  std::int64_t read_bits = 0;
  std::int64_t written_bits = 0;

  bool is_none() const { return read_bits == 0; }
  Bytes read_bytes() const { return bytes_holding(Bits(read_bits)); }
  Bytes written_bytes() const { return bytes_holding(Bits(written_bits)); }
  /// In which both pass a port of so many bits, in turn.
  std::int64_t beats(std::int64_t port_bits) const {
    return is_none() ? 0 : ceil_div(read_bits, port_bits) + ceil_div(written_bits, port_bits);
  }
};

/// floor(whole * part / parts), with no product beyond 64 bits where part <= parts < 2^31.
constexpr std::int64_t share(std::int64_t whole, std::int64_t part, std::int64_t parts) {
  return whole / parts * part + whole % parts * part / parts;
}

/// What `layer`, lowered to `gemms`, needs of it before it runs at `activation_bits`.
Conversion conversion_of(const graph::LayerShape& layer, const LayerGemms& gemms,
                         int activation_bits, const hardware::Bismo& hardware, std::int64_t batch,
                         const sim::Neighbors& neighbors);

}  // namespace bitloom::mapping
