#include "tests/rtl/random_layers.h"

#include "sim/families/bismo/analytic.h"

namespace bitloom::verify {

hardware::Bismo hardware_of(const Core& core) {
  const CoreParameters& p = core.parameters();
  hardware::Bismo hw;
  hw.name = "test";
  hw.dm = p.dm;
  hw.dk = p.dk;
  hw.dn = p.dn;
  hw.activation_buffer_words = p.activation_words;
  hw.weight_buffer_words = p.weight_words;
  hw.activation_port_bits = p.activation_port_bits;
  hw.weight_port_bits = p.weight_port_bits;
  if (p.result_port_bits < p.tile_bits()) hw.result_port_bits = p.result_port_bits;
  hw.accumulator_bits = p.accumulator_bits;
  if (p.coefficient_bits > 0) {
    hw.coefficients = hardware::Coefficients::kFixedPoint;
    hw.coefficient_bits = p.coefficient_bits;
  }
  hw.pipeline_cycles = core.pipeline_cycles();
  return hw;
}

RandomLayers::RandomLayers(const hardware::Bismo& hardware, std::uint64_t seed,
                           std::int64_t most_cycles)
    : hardware_(hardware),
      workloads_(hardware, seed, [hardware, most_cycles](const mapping::Mapping& mapping) {
        return analytic::run(analytic::schedule(mapping, hardware), hardware).total.count() <=
               most_cycles;
      }) {}

ScheduledLayer RandomLayers::next() {
  Workload workload = workloads_.next();
  const mapping::Schedule schedule = analytic::schedule(
      mapping::map_layer(workload.layer, workload.precision, hardware_, workload.batch), hardware_);
  const Cycles expected = analytic::run(schedule, hardware_).total;
  return {std::move(workload), schedule, expected};
}

}  // namespace bitloom::verify
