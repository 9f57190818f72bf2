#include "sim/analytic/analytic.h"

#include "sim/analytic/phase_length.h"

namespace bitloom::analytic {
namespace {

/// Visits `count` equal items by kind: all but the last alike, then the last, which may be smaller.
template <class Visit>
void for_each_kind(std::int64_t count, Visit visit) {
  if (count > 1) visit(std::int64_t{0}, count - 1);
  visit(count - 1, std::int64_t{1});
}

Cycles gemm_length(const mapping::Mapping& m, mapping::OuterOperand outer) {
  Cycles total;
  for_each_kind(m.activations.count(), [&](std::int64_t activation_block, std::int64_t rows) {
    for_each_kind(m.weights.count(), [&](std::int64_t weight_block, std::int64_t columns) {
      for_each_kind(m.chunks.count(), [&](std::int64_t chunk, std::int64_t deep) {
        const mapping::Phase phase = m.phase(activation_block, weight_block, chunk);
        total += rows * columns * deep * phase_length(phase, outer);
      });
    });
  });
  return total;
}

}  // namespace

mapping::Schedule schedule(const mapping::Mapping& m) {
  const bool activations_outer = gemm_length(m, mapping::OuterOperand::kActivations) <=
                                 gemm_length(m, mapping::OuterOperand::kWeights);
  return {
      m, activations_outer ? mapping::OuterOperand::kActivations : mapping::OuterOperand::kWeights};
}

bool result_port_may_bind(const mapping::Mapping& m, const hardware::Bismo& hw) {
  const std::int64_t slots_of_tile_pair =
      m.chunks.words * m.precision.activation_bits * m.precision.weight_bits;
  return slots_of_tile_pair < hw.result_beats();
}

cost::Timing run(const mapping::Schedule& s, const hardware::Bismo& hw) {
  const mapping::Mapping& m = s.mapping;
  const Cycles drain(m.phases_per_gemm() * hw.pipeline_cycles);
  const Cycles total = m.gemms.count * (gemm_length(m, s.outer) + drain);
  const Cycles compute(m.gemms.count * m.activations.tiles() * m.weights.tiles() * m.chunks.words *
                       m.precision.activation_bits * m.precision.weight_bits);
  return {.total = total, .compute = compute, .fetch_stall = total - compute, .result_stall = {}};
}

}  // namespace bitloom::analytic
