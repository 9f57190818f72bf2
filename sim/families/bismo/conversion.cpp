#include "sim/families/bismo/conversion.h"

#include <initializer_list>

namespace bitloom::mapping {
namespace {

constexpr int kNetworkInputBits = 8;

/// Bits that an element of the layer's input takes in memory.
std::int64_t stored_bits(const hardware::Bismo& hw, const sim::Neighbors& neighbors) {
  const bool of_layer = neighbors.input_bits.has_value();
  if (of_layer && hw.write_back == hardware::WriteBack::kAccumulators) return hw.accumulator_bits;
  return hw.layout.stored_bits(neighbors.input_bits.value_or(kNetworkInputBits));
}

/// The product of counts, or 2^56 where it is more: as much as no layer may come to (map_layer()).
std::int64_t capped_product(std::initializer_list<std::int64_t> counts) {
  constexpr std::int64_t kMost = std::int64_t{1} << 56;
  std::int64_t product = 1;
  for (const std::int64_t count : counts)
    if (__builtin_mul_overflow(product, count, &product) || product > kMost) return kMost;
  return product;
}

/// Of the layer's input, that are converted.
std::int64_t elements(const graph::LayerShape& layer, const LayerGemms& gemms,
                      const hardware::Bismo& hw, std::int64_t batch) {
  if (hw.layout.im2col == hardware::Im2col::kHost)
    return capped_product({gemms.count, gemms.gemm.pixels, gemms.gemm.reduction});
  const auto read_pixels = [](std::int64_t input, std::int64_t output, std::int64_t kernel,
                              std::int64_t stride) {
    return stride > kernel ? output * kernel : input;  // of a row or column
  };
  return capped_product(
      {batch, layer.in_channels,
       read_pixels(layer.input.height, layer.output.height, layer.kernel.height,
                   layer.stride.height),
       read_pixels(layer.input.width, layer.output.width, layer.kernel.width, layer.stride.width)});
}

}  // namespace

Conversion conversion_of(const graph::LayerShape& layer, const LayerGemms& gemms,
                         int activation_bits, const hardware::Bismo& hw, std::int64_t batch,
                         const sim::Neighbors& neighbors) {
  if (!hw.layout.converts() || neighbors.input_is_laid_out) return {};
  const std::int64_t stored = stored_bits(hw, neighbors);
  if (hw.layout.convert == hardware::Conversion::kDiffering && stored == activation_bits) return {};
  const std::int64_t count = elements(layer, gemms, hw, batch);
  return {count * stored, count * activation_bits};
}

}  // namespace bitloom::mapping
