#include "sim/analytic/analytic.h"

#include <cmath>

#include "sim/analytic/dram_phase.h"
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

DramPhase dram_model(const mapping::Mapping& m, const hardware::Bismo& hw) {
  const std::int64_t bits_of_last_word = m.gemms.gemm.reduction - (m.chunks.words - 1) * hw.dk;
  return {hw, bytes_holding(Bits(bits_of_last_word)).count()};
}

/// The same where data come from DRAM: an estimate.
Cycles gemm_estimate(const mapping::Mapping& m, mapping::OuterOperand outer,
                     const hardware::Bismo& hw) {
  const DramPhase model = dram_model(m, hw);
  const auto estimate = [&](const DramSetting& setting) {
    double total = 0;
    for_each_kind(m.activations.count(), [&](std::int64_t activation_block, std::int64_t rows) {
      for_each_kind(m.weights.count(), [&](std::int64_t weight_block, std::int64_t columns) {
        for_each_kind(m.chunks.count(), [&](std::int64_t chunk, std::int64_t deep) {
          const mapping::Phase phase = m.phase(activation_block, weight_block, chunk);
          total += static_cast<double>(rows * columns * deep) *
                   model.length(phase, outer, chunk + 1 == m.chunks.count(), setting);
        });
      });
    });
    return total;
  };
  const double once = estimate({});
  return Cycles(
      std::llround(estimate(model.setting(m, once * static_cast<double>(m.gemms.count)))));
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
  const Cycles of_gemm = hw.dram ? gemm_estimate(m, s.outer, hw) : gemm_length(m, s.outer);
  const Cycles total = m.gemms.count * (of_gemm + drain);
  const Cycles compute(m.gemms.count * m.activations.tiles() * m.weights.tiles() * m.chunks.words *
                       m.precision.activation_bits * m.precision.weight_bits);
  return {.total = total, .compute = compute, .fetch_stall = total - compute, .result_stall = {}};
}

cost::DramActions dram_actions(const mapping::Schedule& s, const cost::Timing& timing,
                               const hardware::Bismo& hw) {
  return dram_model(s.mapping, hw).actions(s.mapping, static_cast<double>(timing.total.count()));
}

}  // namespace bitloom::analytic
