#include "sim/families/bismo/conversion.h"

namespace bitloom::mapping {
namespace {

constexpr int kNetworkInputBits = 8;

/// Bits that an element of the layer's input takes in memory.
std::int64_t stored_bits(const hardware::Bismo& hw, const sim::Neighbors& neighbors) {
  const bool of_layer = neighbors.input_bits.has_value();
  if (of_layer && hw.write_back == hardware::WriteBack::kAccumulators) return hw.accumulator_bits;
  return hw.layout.stored_bits(neighbors.input_bits.value_or(kNetworkInputBits));
}

std::int64_t elements(const graph::LayerShape& layer, const LayerGemms& gemms,
                      const hardware::Bismo& hw, std::int64_t batch) {
  if (hw.layout.im2col == hardware::Im2col::kHost)
    return gemms.count * gemms.gemm.pixels * gemms.gemm.reduction;
  const auto read_pixels = [](std::int64_t input, std::int64_t output, std::int64_t kernel,
                              std::int64_t stride) {
    return stride > kernel ? output * kernel : input;  // of a row or column
  };
  return batch * layer.in_channels *
         read_pixels(layer.input.height, layer.output.height, layer.kernel.height,
                     layer.stride.height) *
         read_pixels(layer.input.width, layer.output.width, layer.kernel.width, layer.stride.width);
}

}  // namespace

Conversion conversion_of(const graph::LayerShape& layer, const LayerGemms& gemms,
                         int activation_bits, const hardware::Bismo& hw, std::int64_t batch,
                         const sim::Neighbors& neighbors) {
  if (!hw.layout.converts()) return {};
  const std::int64_t stored = stored_bits(hw, neighbors);
  if (hw.layout.convert == hardware::Conversion::kDiffering && stored == activation_bits) return {};
  const std::int64_t count = elements(layer, gemms, hw, batch);
  return {count * stored, count * activation_bits};
}

}  // namespace bitloom::mapping
