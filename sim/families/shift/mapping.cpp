#include "sim/families/shift/mapping.h"

#include <cmath>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::mapping::shift {
namespace {

using hardware::Shift;

UserError refused(const graph::LayerShape& layer, graph::Precision precision, const Shift& hw,
                  const std::string& why) {
  return unsupported(fmt::format("layer '{}' at {} cannot be mapped onto {}: {}", layer.name,
                                 graph::to_text(precision), hw.name, why));
}

/// Whether no counter can leave 64 bits.
bool countable(const Mapping& m) {
  constexpr double kMost = 4e18, kWidestPort = 1 << 20, kBitsOfAWord = 256;
  const auto real = [](std::int64_t value) { return static_cast<double>(value); };
  const double tiles = real(m.groups_per_product()) * real(m.products) * real(m.row_tiles());
  const double words = real(m.rows) * real(m.columns) * kBitsOfAWord;
  return real(m.pixels) * tiles * std::max(words, 2 * kWidestPort) < kMost &&
         real(m.groups_per_product()) * real(m.products) * tiles < kMost;
}

/// Whether no sum of two words for each activation can pass the accumulators.
bool sums_fit(const Mapping& m, bool signed_activations, const Shift& hw) {
  const int a = m.precision.activation_bits;
  const double most =
      signed_activations ? std::exp2(a - 1) : std::exp2(a) - 1;  // of an activation's magnitude
  const double greatest_word = std::exp2(std::exp2(m.precision.weight_bits - 1) - 1);
  const double words = m.selected > 0 ? 2 : 1;
  return static_cast<double>(m.reduction) * words * most * greatest_word <
         std::exp2(hw.accumulator_bits - 1);
}

std::int64_t fitting_pixels(const Mapping& m, const Shift& hw) {
  const std::int64_t held = hw.activation_half_bits() / (m.reduction * m.precision.activation_bits);
  return std::min({m.pixels, hw.sums, held});
}

Mapping lowered(const graph::LayerShape& layer, graph::Precision precision, const Shift& hw,
                std::int64_t batch) {
  const graph::Product product = layer.product();
  return {.precision = precision,
          .products = product.count,
          .pixels = batch * product.rows,
          .filters = product.columns,
          .reduction = product.reduction,
          .rows = hw.rows,
          .columns = hw.columns,
          .block_pixels = 1,
          .result_bits = hw.result_dram_bits > 0 ? hw.result_dram_bits : precision.activation_bits,
          .selected = 0};
}

}  // namespace

Mapping map_layer(const graph::LayerShape& layer, graph::Precision precision, const Shift& hw,
                  std::int64_t batch) {
  if (!layer.has_weights())
    throw refused(layer, precision, hw,
                  "it multiplies activations, and only weights are powers of two");
  if (precision.weight_bits < 2 || precision.weight_bits > hw.weight_bits)
    throw refused(layer, precision, hw,
                  fmt::format("its words of weights have 2 to {} bits (array.weight_bits), not {}",
                              hw.weight_bits, precision.weight_bits));
  if (precision.activation_bits > hw.activation_bits)
    throw refused(layer, precision, hw,
                  fmt::format("its units shift activations of at most {} bits "
                              "(array.activation_bits), not {}",
                              hw.activation_bits, precision.activation_bits));
  Mapping mapping = lowered(layer, precision, hw, batch);
  if (!countable(mapping))
    throw refused(layer, precision, hw, "it takes more cycles or bits than can be counted");
  mapping.selected = std::llround(hw.selected_share * static_cast<double>(mapping.tiles()));
  if (!sums_fit(mapping, layer.signed_activations, hw))
    throw refused(layer, precision, hw,
                  fmt::format("its sums of {} products can pass {} bits (array.accumulator_bits)",
                              mapping.reduction, hw.accumulator_bits));
  mapping.block_pixels = fitting_pixels(mapping, hw);
  if (mapping.block_pixels == 0)
    throw refused(
        layer, precision, hw,
        fmt::format("a pixel takes {} bits of the activation buffer, half of which "
                    "holds {} (buffers.activation_bytes)",
                    mapping.reduction * precision.activation_bits, hw.activation_half_bits()));
  return mapping;
}

}  // namespace bitloom::mapping::shift
