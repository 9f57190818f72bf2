#include "sim/mapping/conversion.h"

namespace bitloom::mapping {
namespace {

constexpr int kNetworkInputBits = 8;

std::int64_t whole_bytes(std::int64_t bits) { return bytes_holding(Bits(bits)).count() * 8; }

/// Bits that an element of the layer's input takes in memory.
std::int64_t stored_bits(const hardware::Bismo& hw, const Neighbors& neighbors) {
  const bool of_layer = neighbors.input_bits.has_value();
  if (of_layer && hw.write_back == hardware::WriteBack::kAccumulators) return hw.accumulator_bits;
  const int bits = neighbors.input_bits.value_or(kNetworkInputBits);
  return hw.layout.convert == hardware::Conversion::kAll ? whole_bytes(bits) : bits;
}

std::int64_t elements(const graph::LayerShape& layer, const LayerGemms& gemms,
                      const hardware::Bismo& hw, std::int64_t batch) {
  if (hw.layout.im2col == hardware::Im2col::kHost)
    return gemms.count * gemms.gemm.pixels * gemms.gemm.reduction;
  return batch * layer.in_channels * layer.input.height * layer.input.width;
}

}  // namespace

Conversion conversion_of(const graph::LayerShape& layer, const LayerGemms& gemms,
                         int activation_bits, const hardware::Bismo& hw, std::int64_t batch,
                         const Neighbors& neighbors) {
  if (!hw.layout.converts()) return {};
  const std::int64_t stored = stored_bits(hw, neighbors);
  if (hw.layout.convert == hardware::Conversion::kDiffering && stored == activation_bits) return {};
  const std::int64_t count = elements(layer, gemms, hw, batch);
  return {count * stored, count * activation_bits};
}

}  // namespace bitloom::mapping
