#include "sim/families/bismo/actions.h"

namespace bitloom::cost {
namespace {

struct Traffic {
  std::int64_t words;
  std::int64_t beats;
  std::int64_t bytes;
};

/// Words, beats and bytes of one operand for one product, fetched `times`.
Traffic traffic(const mapping::OperandBlocks& operand, const mapping::WordTransfers& transfers,
                int bits, std::int64_t words, std::int64_t times) {
  const std::int64_t plane_rows = operand.rows * bits * times;
  return {plane_rows * words, plane_rows * transfers.beats(words),
          plane_rows * transfers.bytes(words)};
}

/// Beats of the results that are written back of one product: of all its tile pairs.
std::int64_t beats_written(const mapping::Mapping& m, const hardware::Bismo& hw) {
  const std::int64_t tiles = m.activations.tiles(), columns = m.weights.tiles();
  const std::int64_t last_rows = m.activations.rows - (tiles - 1) * hw.dm;
  const std::int64_t last_columns = m.weights.rows - (columns - 1) * hw.dn;
  const auto beats = [&](std::int64_t pixels, std::int64_t channels) {
    return hw.result_beats(pixels * channels, m.written_bits);
  };
  return (tiles - 1) * (columns - 1) * beats(hw.dm, hw.dn) +
         (tiles - 1) * beats(hw.dm, last_columns) + (columns - 1) * beats(last_rows, hw.dn) +
         beats(last_rows, last_columns);
}

}  // namespace

Bits bits_used(const mapping::Mapping& m, const hardware::Bismo& hw) {
  const auto [pixels, channels, reduction] = m.gemms.gemm;
  const auto planes = [](const mapping::OperandBlocks& operand, int bits, std::int64_t times) {
    return operand.rows * bits * times;
  };
  const std::int64_t activation_planes =
      planes(m.activations, m.precision.activation_bits, m.weights.count());
  constexpr std::int64_t kBitsPerByte = 8;
  const std::int64_t activations =
      m.windows_share_pixels
          ? activation_planes * m.activation_words.bytes(m.chunks.words) * kBitsPerByte
          : activation_planes * reduction;
  const std::int64_t weights = planes(m.weights, m.precision.weight_bits, m.activations.count()) *
                               (reduction + m.chunks.words * hw.code_bits());
  const std::int64_t results = pixels * channels * m.written_bits;
  return Bits(m.gemms.count * (activations + weights + results) + m.conversion.read_bits +
              m.conversion.written_bits);
}

Actions count_actions(const mapping::Mapping& m, const hardware::Bismo& hw) {
  const Traffic activations =
      traffic(m.activations, m.activation_words, m.precision.activation_bits, m.chunks.words,
              m.weights.count());
  const Traffic weights = traffic(m.weights, m.weight_words, m.precision.weight_bits,
                                  m.chunks.words, m.activations.count());
  const std::int64_t issue_slots = m.activations.tiles() * m.weights.tiles() * m.chunks.words *
                                   m.precision.activation_bits * m.precision.weight_bits;
  const std::int64_t gemms = m.gemms.count;
  const std::int64_t activation_bits =
      m.windows_share_pixels ? activations.bytes * 8 : activations.beats * hw.activation_port_bits;
  return {
      .dpu_steps = gemms * issue_slots * hw.dm * hw.dn,
      .multiplications = hw.multiplies() ? gemms * issue_slots * (hw.dm + 1) * hw.dn : 0,
      .buffer_read = Bits(gemms * issue_slots * ((hw.dm + hw.dn) * hw.dk + hw.dn * hw.code_bits())),
      .buffer_written = Bits(
          gemms * ((activations.words + weights.words) * hw.dk + weights.words * hw.code_bits())),
      .port_activations = Bits(gemms * activation_bits),
      .port_weights = Bits(gemms * weights.beats * hw.weight_port_bits),
      .port_codes = Bits(gemms * weights.words * hw.code_bits()),
      .port_results =
          Bits(m.written_bits > 0 ? gemms * beats_written(m, hw) * hw.result_port_bits : 0),
      .converted = Bits(m.conversion.read_bits + m.conversion.written_bits),
      .dram = {}};
}

}  // namespace bitloom::cost
