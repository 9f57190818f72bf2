#include "sim/sensitivity.h"

#include "sim/families/bismo/energy.h"

namespace bitloom::sim {
namespace {

struct Sums {
  cost::Energy energy;
  Cycles cycles;
};

void add(Sums& sums, const cost::Energy& energy, Cycles cycles) {
  sums.energy.compute += energy.compute;
  sums.energy.buffer += energy.buffer;
  sums.energy.dram += energy.dram;
  sums.energy.leakage += energy.leakage;
  sums.cycles += cycles;
}

Sums sums_of(const std::vector<LayerResult>& results) {
  Sums sums;
  for (const LayerResult& result : results) add(sums, result.cost.energy, result.cost.timing.total);
  return sums;
}

/// BISMO's actions and cycles do not depend on energies: nothing is run again.
Sums priced_again(const hardware::Bismo& hardware, const std::vector<Job>&,
                  const std::vector<LayerResult>& results, const EngineOptions&) {
  Sums sums;
  for (const LayerResult& result : results)
    add(sums, cost::energy_of(result.cost.actions, result.cost.timing, hardware),
        result.cost.timing.total);
  return sums;
}

/// BitFusion's mappings do, where they take as many cycles.
Sums priced_again(const hardware::BitFusion& hardware, const std::vector<Job>& jobs,
                  const std::vector<LayerResult>&, const EngineOptions& options) {
  return sums_of(run(jobs, hardware, options));
}

}  // namespace

std::vector<Elasticity> energy_elasticities(const std::vector<Job>& jobs,
                                            const std::vector<LayerResult>& results,
                                            const hardware::Hardware& hardware,
                                            const EngineOptions& options) {
  constexpr double kStep = 0.01;
  const Sums before = sums_of(results);
  const auto elasticity = [&](double from, double to) {
    return from > 0 ? (to / from - 1) / kStep : 0;
  };
  const std::vector<hardware::EnergyConstant> constants = hardware::energy_constants(hardware);
  std::vector<Elasticity> all;
  for (std::size_t i = 0; i < constants.size(); ++i) {
    const Sums after =
        hardware::with_scaled_constant(hardware, i, 1 + kStep).visit([&](const auto& machine) {
          return priced_again(machine, jobs, results, options);
        });
    const auto of = [&](Picojoules cost::Energy::*part) {
      return elasticity((before.energy.*part).count(), (after.energy.*part).count());
    };
    all.push_back(
        {.constant = constants[i],
         .energy = elasticity(before.energy.total().count(), after.energy.total().count()),
         .compute = of(&cost::Energy::compute),
         .buffer = of(&cost::Energy::buffer),
         .dram = of(&cost::Energy::dram),
         .leakage = of(&cost::Energy::leakage),
         .latency = elasticity(static_cast<double>(before.cycles.count()),
                               static_cast<double>(after.cycles.count()))});
  }
  return all;
}

}  // namespace bitloom::sim
