#include "sim/families/bismo/dram_bursts.h"

#include <algorithm>

#include "sim/kit/aligned_sums.h"

namespace bitloom::analytic {
namespace {

/// The batches of a phase's results that are written before the rest of them: those due before the
/// phase's last read, of the operand with more beats.
std::int64_t batches_before_rest(const mapping::Phase& phase, std::int64_t bytes,
                                 std::int64_t batch_bytes) {
  struct Reads {
    std::int64_t beats, count, last_beats;
  };
  const auto reads_of = [&](const mapping::PhaseOperand& operand) {
    const std::int64_t of_word = operand.bits * operand.beats_per_word;
    const std::int64_t of_last = operand.bits * operand.beats_of_last_word;
    return Reads{operand.rows() * ((phase.words - 1) * of_word + of_last),
                 operand.tiles * phase.words, operand.rows_in_last_tile * of_last};
  };
  const Reads activations = reads_of(phase.activations), weights = reads_of(phase.weights);
  const Reads& longer = activations.beats >= weights.beats ? activations : weights;
  const double due = static_cast<double>(bytes) *
                     static_cast<double>(longer.beats - longer.last_beats) /
                     static_cast<double>(longer.beats);
  return std::min(static_cast<std::int64_t>(due) / batch_bytes, longer.count - 1);
}

}  // namespace

std::int64_t read_bursts(const mapping::Mapping& m, mapping::Operand operand,
                         std::int64_t burst_bytes) {
  const bool activations = operand == mapping::Operand::kActivations;
  const mapping::OperandBlocks& blocks = activations ? m.activations : m.weights;
  const std::int64_t bits = activations ? m.precision.activation_bits : m.precision.weight_bits;
  const std::int64_t times = activations ? m.weights.count() : m.activations.count();
  const mapping::WordTransfers& transfers = words_of(m, operand);
  const std::int64_t tiles = blocks.tiles(), words = m.chunks.words;
  const std::int64_t row_bytes = bits * transfers.bytes(words);
  const std::int64_t word_bytes = bits * transfers.full.bytes;
  const std::int64_t last_rows = blocks.rows - (tiles - 1) * blocks.rows_per_tile;
  const std::int64_t tile_bytes = blocks.rows_per_tile * row_bytes;
  const std::int64_t product_bytes = blocks.rows * row_bytes;

  const sim::Progression products{m.gemms.count, product_bytes};
  const std::int64_t aligned =
      sim::aligned_sums(
          burst_bytes, 0,
          {products, {tiles - 1, tile_bytes}, {words, blocks.rows_per_tile * word_bytes}}) +
      sim::aligned_sums(burst_bytes, (tiles - 1) * tile_bytes,
                        {products, {words, last_rows * word_bytes}});
  const std::int64_t reads = m.gemms.count * tiles * words;
  return times * (ceil_div(m.gemms.count * product_bytes, burst_bytes) + reads - aligned);
}

std::int64_t write_bursts(const mapping::Mapping& m, const hardware::Dram& dram) {
  if (m.written_bits == 0) return 0;
  const std::int64_t burst_bytes = dram.burst_bytes();
  const std::int64_t last_row = m.activations.count() - 1, last_column = m.weights.count() - 1;
  struct Results {
    std::int64_t bytes;
    std::int64_t accesses;
  };
  const auto of = [&](std::int64_t row, std::int64_t column) {
    const mapping::Phase phase = m.phase(row, column, m.chunks.count() - 1);
    const std::int64_t bytes = phase.result_bytes(m.written_bits).count();
    return Results{bytes, 1 + batches_before_rest(phase, bytes, dram.write_batch_bytes())};
  };
  std::int64_t within_bursts = 0;  // accesses that begin there: with its phase each of them does
  const auto row_bytes = [&](std::int64_t row) {
    return last_column * of(row, 0).bytes + of(row, last_column).bytes;
  };
  const std::int64_t product_bytes = last_row * row_bytes(0) + row_bytes(last_row);
  const sim::Progression products{m.gemms.count, product_bytes};
  const auto add_rows = [&](std::int64_t first, std::int64_t rows) {
    const std::int64_t offset = first * row_bytes(0);
    const sim::Progression of_rows{rows, row_bytes(first)};
    const auto add = [&](const Results& each, std::int64_t start, std::int64_t columns) {
      const std::int64_t aligned = sim::aligned_sums(burst_bytes, offset + start,
                                                     {products, of_rows, {columns, each.bytes}});
      within_bursts += (m.gemms.count * rows * columns - aligned) * each.accesses;
    };
    add(of(first, 0), 0, last_column);
    add(of(first, last_column), last_column * of(first, 0).bytes, 1);
  };
  if (last_row > 0) add_rows(0, last_row);
  add_rows(last_row, 1);
  return ceil_div(m.gemms.count * product_bytes, burst_bytes) + within_bursts;
}

}  // namespace bitloom::analytic
