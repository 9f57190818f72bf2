#include "sim/families/bismo/phase_length.h"

#include <algorithm>

namespace bitloom::analytic {
namespace {

/// The tile pairs of a phase: the last bit pairs of two of them that follow one another issue at
/// least max(issue slots, beats of the first one's results) apart.
class TilePairs {
 public:
  TilePairs(const mapping::Phase& phase, bool activations_outer, const ResultBeats& results)
      : outer_tiles_(activations_outer ? phase.activations.tiles : phase.weights.tiles),
        inner_tiles_(activations_outer ? phase.weights.tiles : phase.activations.tiles),
        slots_(phase.words * phase.activations.bits * phase.weights.bits) {
    for (const bool last_outer : {false, true})
      for (const bool last_inner : {false, true})
        distance_[last_outer][last_inner] =
            std::max(slots_, activations_outer ? results.of(last_outer, last_inner)
                                               : results.of(last_inner, last_outer));
    const std::int64_t first_results =
        results.issue + results.of(phase.activations.tiles == 1, phase.weights.tiles == 1);
    after_first_ =
        std::max(slots_, first_results) - distance_[outer_tiles_ == 1][inner_tiles_ == 1];
  }

  std::int64_t slots() const { return slots_; }  // of one
  /// From the end of a tile pair to that of the phase's last.
  std::int64_t to_last(std::int64_t outer_tile, std::int64_t inner_tile) const {
    return since_first(outer_tiles_ - 1, inner_tiles_ - 1) - since_first(outer_tile, inner_tile);
  }

 private:
  std::int64_t since_first(std::int64_t outer_tile, std::int64_t inner_tile) const {
    const std::int64_t row = (inner_tiles_ - 1) * distance_[0][0] + distance_[0][1];
    const std::int64_t first = outer_tile + inner_tile > 0 ? after_first_ : 0;
    return first + outer_tile * row + inner_tile * distance_[outer_tile + 1 == outer_tiles_][0];
  }

  std::int64_t outer_tiles_;
  std::int64_t inner_tiles_;
  std::int64_t slots_;
  std::int64_t distance_[2][2];  // [last outer tile][last inner tile]
  std::int64_t after_first_;     // more than that, behind the first tile pair
};

/// When planes are first needed: issue slot k*word + i*plane of their tile pair, word k, plane i.
struct FirstUse {
  std::int64_t word;
  std::int64_t plane;
};

/// The largest value of a linear function over 0..steps.
std::int64_t largest_rise(std::int64_t slope, std::int64_t steps) {
  return std::max<std::int64_t>(0, slope * steps);
}

/// Largest (arrival - first use in the tile pair) over the planes of a tile. Both are linear in
/// word and plane except at the last word, whose beats may be fewer.
class Lateness {
 public:
  Lateness(const mapping::PhaseOperand& operand, std::int64_t words, FirstUse use)
      : operand_(operand), words_(words), use_(use) {}

  std::int64_t of_tile(std::int64_t tile) const {
    const std::int64_t row_beats =
        (words_ - 1) * operand_.beats_per_word + operand_.beats_of_last_word;
    return tile * operand_.rows_per_tile * row_beats * operand_.bits +
           within_tile(tile + 1 < operand_.tiles ? operand_.rows_per_tile
                                                 : operand_.rows_in_last_tile);
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
    return plane_beats - 1 + largest_rise(plane_beats - use_.plane, operand_.bits - 1);
  }

  const mapping::PhaseOperand& operand_;
  std::int64_t words_;
  FirstUse use_;
};

std::int64_t beats_of(const mapping::PhaseOperand& operand, std::int64_t words) {
  return operand.rows() * operand.bits *
         ((words - 1) * operand.beats_per_word + operand.beats_of_last_word);
}

/// The largest value of a function of tiles that is linear but for the first and the last tile.
template <class OfTile>
std::int64_t largest_over_tiles(std::int64_t tiles, const OfTile& of_tile) {
  const std::int64_t last = tiles - 1;
  std::int64_t most = std::max(of_tile(0), of_tile(last));
  if (last > 1) most = std::max({most, of_tile(1), of_tile(last - 1)});
  return most;
}

}  // namespace

PhaseTerms::PhaseTerms(const mapping::Phase& phase, mapping::OuterOperand order,
                       const ResultBeats& results) {
  const bool activations_outer = order == mapping::OuterOperand::kActivations;
  const mapping::PhaseOperand& outer = activations_outer ? phase.activations : phase.weights;
  const mapping::PhaseOperand& inner = activations_outer ? phase.weights : phase.activations;
  const std::int64_t bit_pairs = outer.bits * inner.bits;
  const TilePairs pairs(phase, activations_outer, results);
  const Lateness outer_planes(outer, phase.words, {bit_pairs, 1});
  const Lateness inner_planes(inner, phase.words, {bit_pairs, outer.bits});
  const std::int64_t from_outer = largest_over_tiles(outer.tiles, [&](std::int64_t tile) {
    return outer_planes.of_tile(tile) + pairs.slots() + pairs.to_last(tile, 0);
  });
  const std::int64_t from_inner = largest_over_tiles(inner.tiles, [&](std::int64_t tile) {
    return inner_planes.of_tile(tile) + pairs.slots() + pairs.to_last(0, tile);
  });
  from_start = pairs.slots() + pairs.to_last(0, 0);
  from_activations = activations_outer ? from_outer : from_inner;
  from_weights = activations_outer ? from_inner : from_outer;
  from_bank = pairs.to_last(0, 0);
  const bool one_pair = outer.tiles * inner.tiles == 1;
  last_result_cycles = results.last + (one_pair ? results.issue : 0);
  activation_beats = beats_of(phase.activations, phase.words);
  weight_beats = beats_of(phase.weights, phase.words);
}

Cycles phase_length(const mapping::Phase& phase, mapping::OuterOperand outer) {
  const PhaseTerms terms(phase, outer, {1, 1, 1, 1, 0});
  return Cycles(std::max(terms.from_activations, terms.from_weights));
}

}  // namespace bitloom::analytic
