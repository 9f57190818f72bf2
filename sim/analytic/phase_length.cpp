#include "sim/analytic/phase_length.h"

#include <algorithm>

namespace bitloom::analytic {
namespace {

/// When planes are first needed: issue slot of tile t, word k, plane i = t*tile + k*word + i*plane.
struct FirstUse {
  std::int64_t tile;
  std::int64_t word;
  std::int64_t plane;
};

/// The largest value of a linear function over 0..steps.
std::int64_t largest_rise(std::int64_t slope, std::int64_t steps) {
  return std::max<std::int64_t>(0, slope * steps);
}

/// Largest (arrival - first use) over all planes of an operand. Arrival and first use are linear in
/// tile, word and plane except at the last tile, whose rows may be fewer, and the last word, whose
/// beats may be fewer; so two tile ranges times two word ranges, each at its best corner, cover all
/// planes.
class Lateness {
 public:
  Lateness(const mapping::PhaseOperand& operand, std::int64_t words, FirstUse use)
      : operand_(operand), words_(words), use_(use) {}

  std::int64_t largest() const {
    const std::int64_t last_tile = operand_.tiles - 1;
    const std::int64_t row_beats =
        (words_ - 1) * operand_.beats_per_word + operand_.beats_of_last_word;
    const std::int64_t tile_slope = operand_.rows_per_tile * row_beats * operand_.bits - use_.tile;
    std::int64_t most = last_tile * tile_slope + within_tile(operand_.rows_in_last_tile);
    if (last_tile > 0)
      most = std::max(
          most, largest_rise(tile_slope, last_tile - 1) + within_tile(operand_.rows_per_tile));
    return most - 1;
  }

 private:
  std::int64_t within_tile(std::int64_t rows) const {
    const std::int64_t last_word = words_ - 1;
    const std::int64_t word_slope = rows * operand_.bits * operand_.beats_per_word - use_.word;
    std::int64_t most = last_word * word_slope + within_word(rows * operand_.beats_of_last_word);
    if (last_word > 0)
      most = std::max(most, largest_rise(word_slope, last_word - 1) +
                                within_word(rows * operand_.beats_per_word));
    return most;
  }

  std::int64_t within_word(std::int64_t plane_beats) const {
    return plane_beats + largest_rise(plane_beats - use_.plane, operand_.bits - 1);
  }

  const mapping::PhaseOperand& operand_;
  std::int64_t words_;
  FirstUse use_;
};

}  // namespace

Cycles phase_length(const mapping::Phase& phase, mapping::OuterOperand order) {
  const bool activations_outer = order == mapping::OuterOperand::kActivations;
  const mapping::PhaseOperand& outer = activations_outer ? phase.activations : phase.weights;
  const mapping::PhaseOperand& inner = activations_outer ? phase.weights : phase.activations;
  const std::int64_t bit_pairs = outer.bits * inner.bits;
  const FirstUse outer_use{inner.tiles * phase.words * bit_pairs, bit_pairs, 1};
  const FirstUse inner_use{phase.words * bit_pairs, bit_pairs, outer.bits};
  const std::int64_t latest = std::max(Lateness(outer, phase.words, outer_use).largest(),
                                       Lateness(inner, phase.words, inner_use).largest());
  return Cycles(phase.issue_slots() + latest);
}

}  // namespace bitloom::analytic
