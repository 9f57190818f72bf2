#include "sim/families/bismo/mapping.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::mapping {
namespace {

int accumulator_bits_holding(long double lowest, long double highest) {
  int bits = 1;
  while (std::ldexp(1.0L, bits - 1) < lowest || std::ldexp(1.0L, bits - 1) - 1 < highest) ++bits;
  return bits;
}

/// Bits of a two's complement accumulator that holds every sum of the layer
/// (docs/reference/timing.md, "Accumulators"; timing-knobs.md, "Coefficients").
int accumulator_bits_needed(const graph::LayerShape& layer, graph::Precision precision,
                            const hardware::Bismo& hw) {
  if (hw.multiplies()) {
    const long double level = std::ldexp(1.0L, static_cast<int>(hw.coefficient_bits)) - 1;
    const long double sum = static_cast<long double>(layer.reduction()) * level * level;
    return accumulator_bits_holding(sum, sum);
  }
  const long double unit = static_cast<long double>(layer.reduction()) *
                           (std::ldexp(1.0L, precision.activation_bits) - 1);
  const long double sign_weight = std::ldexp(1.0L, precision.weight_bits - 1);
  const long double lowest = unit * sign_weight;  // its magnitude
  const long double highest = precision.weight_bits == 1 ? unit : unit * (sign_weight - 1);
  return accumulator_bits_holding(lowest, highest);
}

/// The part of a window's pixels that come from memory.
struct NewPixels {
  std::int64_t pixels = 1;
  std::int64_t of = 1;

  bool are_fewer() const { return pixels < of; }
};

NewPixels new_pixels(const graph::LayerShape& layer, const hardware::Bismo& hw) {
  if (hw.layout.im2col == hardware::Im2col::kHost) return {};
  return {std::min(layer.stride.height, layer.kernel.height) *
              std::min(layer.stride.width, layer.kernel.width),
          layer.kernel_area()};
}

/// `code_bits` come beside each word, over a lane of their own.
WordTransfers word_transfers(const Gemm& gemm, std::int64_t dk, std::int64_t port_bits,
                             const NewPixels& part, std::int64_t code_bits) {
  const auto transfer = [&](std::int64_t bits) {
    const std::int64_t moved = ceil_div(bits * part.pixels, part.of);
    return WordTransfer{ceil_div(moved, port_bits),
                        (bytes_holding(Bits(moved)) + bytes_holding(Bits(code_bits))).count()};
  };
  return {transfer(dk), transfer(gemm.reduction - (ceil_div(gemm.reduction, dk) - 1) * dk)};
}

std::int64_t written_bits(const hardware::Bismo& hw, int output_bits) {
  switch (hw.write_back) {
    case hardware::WriteBack::kNone:
      return 0;
    case hardware::WriteBack::kAccumulators:
      return hw.accumulator_bits;
    case hardware::WriteBack::kActivations:
      return hw.layout.stored_bits(output_bits);
  }
  return 0;
}

Chunks cut_reduction(std::int64_t words, std::int64_t activation_fits, std::int64_t weight_fits) {
  const std::int64_t fits = std::min(activation_fits, weight_fits);  // words of K with all planes
  return {words, ceil_div(words, ceil_div(words, fits))};
}

/// Whether cycles and bits over the ports stay below 2^56, so that a sum over a hundred layers fits
/// 64 bits, and other actions (actions.h), which are not summed, below 2^62.
bool countable(const Mapping& m, const hardware::Bismo& hw) {
  const auto real = [](std::int64_t count) { return static_cast<double>(count); };
  const auto beats = [&](const OperandBlocks& operand, const WordTransfers& words, int bits,
                         std::int64_t refetches) {
    return real(operand.rows) * real(m.chunks.words) * real(words.full.beats) * bits *
           real(refetches);
  };
  const double activation_beats =
      beats(m.activations, m.activation_words, m.precision.activation_bits, m.weights.count());
  const double weight_beats =
      beats(m.weights, m.weight_words, m.precision.weight_bits, m.activations.count());
  const double slots = real(m.activations.tiles()) * real(m.weights.tiles()) *
                       real(m.chunks.words) * m.precision.activation_bits * m.precision.weight_bits;
  const double result_beats =
      real(m.activations.tiles()) * real(m.weights.tiles()) *
      real(std::max(hw.result_beats(), hw.result_beats(hw.dm * hw.dn, m.written_bits)));
  const double phases =
      real(m.activations.count()) * real(m.weights.count()) * real(m.chunks.count());
  const double cycles = slots + activation_beats + weight_beats +
                        phases * real(hw.pipeline_cycles + hw.fetch_issue_cycles +
                                      hw.execute_issue_cycles + hw.result_issue_cycles) +
                        result_beats;
  const double port_bits = activation_beats * real(hw.activation_port_bits) +
                           weight_beats * real(hw.weight_port_bits + hw.code_bits()) +
                           (m.written_bits > 0 ? result_beats * real(hw.result_port_bits) : 0);
  const double array_bits =
      slots * real(hw.dk + hw.code_bits()) * real(std::max(hw.dm * hw.dn, hw.dm + hw.dn));
  const double dpu_cycles = cycles * real(hw.dm * hw.dn);
  const double gemms = real(m.gemms.count);
  const double converted = real(m.conversion.read_bits) + real(m.conversion.written_bits);
  return std::max(cycles, port_bits) * gemms + converted < std::ldexp(1.0, 56) &&
         std::max(array_bits, dpu_cycles) * gemms < std::ldexp(1.0, 62);
}

PhaseOperand phase_operand(const OperandBlocks& operand, const Block& block, std::int64_t bits,
                           const WordTransfers& words, bool has_end_of_reduction) {
  return {block.tiles,
          operand.rows_per_tile,
          block.rows_in_last_tile,
          bits,
          words.full.beats,
          has_end_of_reduction ? words.last.beats : words.full.beats};
}

}  // namespace

Block OperandBlocks::block(std::int64_t index) const {
  const std::int64_t first = index * tiles_per_block;
  const std::int64_t last = std::min(first + tiles_per_block, tiles()) - 1;
  return {first, last - first + 1, std::min(rows_per_tile, rows - last * rows_per_tile)};
}

Phase Mapping::phase(std::int64_t activation_block, std::int64_t weight_block,
                     std::int64_t chunk) const {
  const bool ends = chunk + 1 == chunks.count();
  return {phase_operand(activations, activations.block(activation_block), precision.activation_bits,
                        activation_words, ends),
          phase_operand(weights, weights.block(weight_block), precision.weight_bits, weight_words,
                        ends),
          chunks.words_of(chunk)};
}

Mapping map_layer(const graph::LayerShape& layer, graph::Precision precision,
                  const hardware::Bismo& hw, std::int64_t batch, const sim::Neighbors& neighbors) {
  const auto refuse = [&](const std::string& why) {
    return unsupported(fmt::format("layer '{}' at {} cannot be mapped onto {}: {}", layer.name,
                                   graph::to_text(precision), hw.name, why));
  };
  if (hw.multiplies() &&
      std::max(precision.weight_bits, precision.activation_bits) > hw.coefficient_bits)
    throw refuse(fmt::format("an operand has more bits than coefficient_bits, which is {}",
                             hw.coefficient_bits));
  const int needed = accumulator_bits_needed(layer, precision, hw);
  if (needed > hw.accumulator_bits)
    throw refuse(
        fmt::format("a sum of {} products needs {} accumulator bits, timing.accumulator_bits is {}",
                    layer.reduction(), needed, hw.accumulator_bits));
  const std::int64_t activation_fits =
      hw.block_words(hw.activation_buffer_words) / precision.activation_bits;
  const std::int64_t weight_fits = hw.block_words(hw.weight_buffer_words) / precision.weight_bits;
  const char* half = hw.overlap ? "half of " : "";
  if (activation_fits == 0)
    throw refuse(fmt::format(
        "one word with its {} bit-planes overfills {}buffers.activation_words, which is {}",
        precision.activation_bits, half, hw.activation_buffer_words));
  if (weight_fits == 0)
    throw refuse(
        fmt::format("one word with its {} bit-planes overfills {}buffers.weight_words, which is {}",
                    precision.weight_bits, half, hw.weight_buffer_words));

  const LayerGemms gemms = lower(layer, batch);
  const NewPixels part = new_pixels(layer, hw);
  const std::int64_t words = ceil_div(gemms.gemm.reduction, hw.dk);
  const Chunks chunks = cut_reduction(words, activation_fits, weight_fits);
  const bool whole = chunks.count() == 1;  // else one tile pair at a time keeps its accumulators
  const Mapping mapping{
      .gemms = gemms,
      .precision = precision,
      .activations = {gemms.gemm.pixels, hw.dm, whole ? activation_fits / words : 1},
      .weights = {gemms.gemm.channels, hw.dn, whole ? weight_fits / words : 1},
      .chunks = chunks,
      .activation_words = word_transfers(gemms.gemm, hw.dk, hw.activation_port_bits, part, 0),
      .windows_share_pixels = part.are_fewer(),
      .weight_words = word_transfers(gemms.gemm, hw.dk, hw.weight_port_bits, {}, hw.code_bits()),
      .written_bits = written_bits(hw, neighbors.output_bits),
      .conversion = conversion_of(layer, gemms, precision.activation_bits, hw, batch, neighbors)};
  if (!countable(mapping, hw)) throw refuse("it takes more cycles or actions than can be counted");
  return mapping;
}

}  // namespace bitloom::mapping
