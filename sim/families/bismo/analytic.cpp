#include "sim/families/bismo/analytic.h"

#include "sim/families/bismo/dram_phase.h"
#include "sim/families/bismo/phase_length.h"
#include "sim/families/bismo/phase_recurrence.h"

namespace bitloom::analytic {
namespace {

enum class Results { kThroughPort, kAtOnce };

/// Beats of a phase's tile pairs: what is written are the results that the layer has.
ResultBeats result_beats(const mapping::Phase& phase, std::int64_t written_bits,
                         const hardware::Bismo& hw, Results results) {
  if (results == Results::kAtOnce) return {1, 1, 1, 1, 0};
  const std::int64_t issue = hw.result_issue_cycles;
  const std::int64_t beats = hw.result_beats();
  if (written_bits == 0) return {beats, beats, beats, beats, issue};
  const auto of = [&](std::int64_t rows, std::int64_t columns) {
    return hw.result_beats(rows * columns, written_bits);
  };
  const std::int64_t rows = phase.activations.rows_in_last_tile;
  const std::int64_t columns = phase.weights.rows_in_last_tile;
  return {of(hw.dm, hw.dn), of(rows, hw.dn), of(hw.dm, columns), of(rows, columns), issue};
}

/// A layer from phase to phase, in a given loop order. Of each operand all blocks but the last are
/// alike, as are all chunks but the last.
class Layer {
 public:
  /// `dram`: when data come; nothing where memory answers at once.
  Layer(const mapping::Mapping& mapping, mapping::OuterOperand outer,
        const hardware::Bismo& hardware, Results results, const DramPhase* dram = nullptr)
      : m_(mapping),
        outer_(outer),
        hw_(hardware),
        results_(results),
        dram_(dram),
        phases_(hardware) {}

  /// Cycles from its first beat until its last phase has ended, or its last results have left.
  std::int64_t length() const;

 private:
  PhaseTerms terms(std::int64_t activation_block, std::int64_t weight_block,
                   std::int64_t chunk) const {
    const mapping::Phase phase = m_.phase(activation_block, weight_block, chunk);
    PhaseTerms terms(phase, outer_, result_beats(phase, m_.written_bits, hw_, results_));
    if (dram_) dram_->delay(terms, phase, outer_, chunk + 1 == m_.chunks.count());
    return terms;
  }

  /// A step through the phases of a pair of blocks, one a chunk.
  auto pair_of(std::int64_t activation_block, std::int64_t weight_block) const {
    const std::int64_t last = m_.chunks.count() - 1;
    const PhaseTerms last_chunk = terms(activation_block, weight_block, last);
    const PhaseTerms chunk = last > 0 ? terms(activation_block, weight_block, 0) : last_chunk;
    return [=, this](const Progress& at) {
      const auto one = [&](const Progress& p) { return phases_.after(p, chunk, false); };
      return phases_.after(repeated(at, last, one), last_chunk, true);
    };
  }

  /// A step through the pairs of an activation block with all weight blocks.
  auto row_of(std::int64_t activation_block) const {
    const std::int64_t last = m_.weights.count() - 1;
    const auto last_pair = pair_of(activation_block, last);
    const auto pair = last > 0 ? pair_of(activation_block, 0) : last_pair;
    return [=](const Progress& at) { return last_pair(repeated(at, last, pair)); };
  }

  const mapping::Mapping& m_;
  mapping::OuterOperand outer_;
  const hardware::Bismo& hw_;
  Results results_;
  const DramPhase* dram_;
  PhaseRecurrence phases_;
};

std::int64_t Layer::length() const {
  const std::int64_t last = m_.activations.count() - 1;
  const auto last_row = row_of(last);
  const auto row = last > 0 ? row_of(0) : last_row;
  const Progress at = repeated({}, m_.gemms.count, [&](const Progress& before) {
    return last_row(repeated(before, last, row));
  });
  const bool written = m_.written_bits > 0 && results_ == Results::kThroughPort;
  return written ? at.bank : at.end;
}

/// Cycles of a layer: those before its first phase, and all.
struct Length {
  std::int64_t conversion;
  std::int64_t total;
};

/// With the data from DRAM, where the hardware has it.
Length length_of(const mapping::Schedule& s, const hardware::Bismo& hw, Results results) {
  if (!hw.dram) {
    const std::int64_t conversion = s.mapping.conversion.beats(hw.layout.port_bits);
    return {conversion, conversion + Layer(s.mapping, s.outer, hw, results).length()};
  }
  DramPhase dram(s.mapping, hw);
  const Layer layer(s.mapping, s.outer, hw, results, &dram);
  dram.refresh_during(dram.conversion() + layer.length());
  const std::int64_t conversion = dram.conversion();
  return {conversion, conversion + layer.length()};
}

}  // namespace

mapping::Schedule schedule(const mapping::Mapping& m, const hardware::Bismo& hw) {
  const auto length = [&](mapping::OuterOperand outer) {
    return Layer(m, outer, hw, Results::kThroughPort).length();
  };
  const bool activations_outer =
      length(mapping::OuterOperand::kActivations) <= length(mapping::OuterOperand::kWeights);
  return {
      m, activations_outer ? mapping::OuterOperand::kActivations : mapping::OuterOperand::kWeights};
}

cost::Timing run(const mapping::Schedule& s, const hardware::Bismo& hw) {
  const mapping::Mapping& m = s.mapping;
  const Length length = length_of(s, hw, Results::kThroughPort);
  const Cycles total(length.total), conversion(length.conversion);
  const Cycles compute(m.gemms.count * m.activations.tiles() * m.weights.tiles() * m.chunks.words *
                       m.precision.activation_bits * m.precision.weight_bits);
  const bool at_once = hw.result_port_bits == 0 && hw.result_issue_cycles == 0;
  // Two estimates may differ by less than they err: results that wait never save cycles.
  const Cycles result_stall =
      at_once ? Cycles()
              : std::max(Cycles(), total - Cycles(length_of(s, hw, Results::kAtOnce).total));
  return {.total = total,
          .conversion = conversion,
          .compute = compute,
          .fetch_stall = total - conversion - compute - result_stall,
          .result_stall = result_stall};
}

cost::DramActions dram_actions(const mapping::Schedule& s, const cost::Timing& timing,
                               const hardware::Bismo& hw) {
  return DramPhase(s.mapping, hw).actions(timing.total);
}

}  // namespace bitloom::analytic
