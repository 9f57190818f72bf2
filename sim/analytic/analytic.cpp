#include "sim/analytic/analytic.h"

#include "sim/analytic/dram_phase.h"
#include "sim/analytic/phase_length.h"
#include "sim/analytic/phase_recurrence.h"

namespace bitloom::analytic {
namespace {

enum class Results { kThroughPort, kAtOnce };

ResultBeats result_beats(const hardware::Bismo& hw, Results results) {
  const std::int64_t beats = results == Results::kAtOnce ? 1 : hw.result_beats();
  return {beats, beats, beats, beats};
}

/// What all phases of a layer have in common.
struct Setting {
  mapping::OuterOperand outer;
  ResultBeats results;
  const DramPhase* dram = nullptr;  // nothing: memory answers at once
};

PhaseTerms terms_of(const mapping::Mapping& m, std::int64_t activation_block,
                    std::int64_t weight_block, std::int64_t chunk, const Setting& setting) {
  const mapping::Phase phase = m.phase(activation_block, weight_block, chunk);
  PhaseTerms terms(phase, setting.outer, setting.results);
  if (setting.dram) setting.dram->delay(terms, phase, setting.outer, chunk + 1 == m.chunks.count());
  return terms;
}

/// The phases of a pair of blocks, one a chunk, in a given loop order.
class BlockPair {
 public:
  BlockPair(const mapping::Mapping& m, std::int64_t activation_block, std::int64_t weight_block,
            const Setting& setting)
      : chunks_(m.chunks.count()),
        full_(terms_of(m, activation_block, weight_block, 0, setting)),
        last_(terms_of(m, activation_block, weight_block, chunks_ - 1, setting)) {}

  Progress after(const Progress& at, const PhaseRecurrence& phases) const {
    const Progress before_last =
        repeated(at, chunks_ - 1, [&](const Progress& p) { return phases.after(p, full_, false); });
    return phases.after(before_last, last_, true);
  }

 private:
  std::int64_t chunks_;
  PhaseTerms full_;  // all chunks but the last
  PhaseTerms last_;
};

/// A layer from phase to phase. Of each operand all blocks but the last are alike.
std::int64_t layer_length(const mapping::Mapping& m, mapping::OuterOperand outer,
                          const hardware::Bismo& hw, Results results,
                          const DramPhase* dram = nullptr) {
  const PhaseRecurrence phases(hw);
  const Setting setting{outer, result_beats(hw, results), dram};
  const std::int64_t last_row = m.activations.count() - 1;
  const std::int64_t last_column = m.weights.count() - 1;
  const auto row_of = [&](std::int64_t activation_block) {
    return [&, full = BlockPair(m, activation_block, 0, setting),
            last = BlockPair(m, activation_block, last_column, setting)](Progress at) {
      at = repeated(at, last_column, [&](const Progress& p) { return full.after(p, phases); });
      return last.after(at, phases);
    };
  };
  const auto product = [&, full = row_of(0), last = row_of(last_row)](const Progress& at) {
    return last(repeated(at, last_row, full));
  };
  return repeated({}, m.gemms.count, product).end;
}

/// With the data from DRAM, where the hardware has it.
std::int64_t length_of(const mapping::Schedule& s, const hardware::Bismo& hw, Results results) {
  if (!hw.dram) return layer_length(s.mapping, s.outer, hw, results);
  DramPhase dram(s.mapping, hw);
  dram.refresh_during(layer_length(s.mapping, s.outer, hw, results, &dram));
  return layer_length(s.mapping, s.outer, hw, results, &dram);
}

}  // namespace

mapping::Schedule schedule(const mapping::Mapping& m, const hardware::Bismo& hw) {
  const auto length = [&](mapping::OuterOperand outer) {
    return layer_length(m, outer, hw, Results::kThroughPort);
  };
  const bool activations_outer =
      length(mapping::OuterOperand::kActivations) <= length(mapping::OuterOperand::kWeights);
  return {
      m, activations_outer ? mapping::OuterOperand::kActivations : mapping::OuterOperand::kWeights};
}

cost::Timing run(const mapping::Schedule& s, const hardware::Bismo& hw) {
  const mapping::Mapping& m = s.mapping;
  const Cycles total(length_of(s, hw, Results::kThroughPort));
  const Cycles compute(m.gemms.count * m.activations.tiles() * m.weights.tiles() * m.chunks.words *
                       m.precision.activation_bits * m.precision.weight_bits);
  const bool hidden = hw.result_beats() == 1;
  const Cycles result_stall =
      hidden ? Cycles() : total - Cycles(length_of(s, hw, Results::kAtOnce));
  return {.total = total,
          .compute = compute,
          .fetch_stall = total - compute - result_stall,
          .result_stall = result_stall};
}

cost::DramActions dram_actions(const mapping::Schedule& s, const cost::Timing& timing,
                               const hardware::Bismo& hw) {
  return DramPhase(s.mapping, hw).actions(timing.total);
}

}  // namespace bitloom::analytic
