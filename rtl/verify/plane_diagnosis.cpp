#include "rtl/verify/plane_diagnosis.h"

namespace bitloom::verify {
namespace {

/// The values with all bits but one cleared, in the coding that they have.
std::vector<std::int32_t> only_bit(std::vector<std::int32_t> values, int bit, int bits,
                                   bool is_signed) {
  const std::int32_t weight = is_signed && bit + 1 == bits ? -(1 << bit) : 1 << bit;
  for (std::int32_t& value : values) value = (value >> bit & 1) * weight;
  return values;
}

Workload only_planes(Workload w, PlanePair pair) {
  w.activations = only_bit(std::move(w.activations), pair.activation_bit,
                           w.precision.activation_bits, w.signed_activations);
  if (w.weight_coding != WeightCoding::kBipolar)
    w.weights = only_bit(std::move(w.weights), pair.weight_bit, w.precision.weight_bits,
                         w.weight_coding == WeightCoding::kSigned);
  return w;
}

std::int64_t slots_of(const mapping::Mapping& m) {
  return m.gemms.count * m.activations.tiles() * m.weights.tiles() * m.chunks.words *
         m.precision.weight_bits * m.precision.activation_bits;
}

}  // namespace

std::optional<PlanePair> find_wrong_planes(Core& core, const Workload& workload,
                                           const mapping::Schedule& schedule,
                                           std::int64_t most_slots) {
  const graph::Precision bits = workload.precision;
  const std::int64_t runs = bits.weight_bits * bits.activation_bits;
  if (slots_of(schedule.mapping) > most_slots / runs) return std::nullopt;
  for (PlanePair pair; pair.weight_bit < bits.weight_bits; ++pair.weight_bit)
    for (pair.activation_bit = 0; pair.activation_bit < bits.activation_bits;
         ++pair.activation_bit) {
      const Workload alone = only_planes(workload, pair);
      const LayerRun run = run_layer(core, alone, schedule, reference_outputs(alone));
      if (run.first_wrong || run.stuck) return pair;
    }
  return std::nullopt;
}

}  // namespace bitloom::verify
