#include "sim/sensitivity.h"

#include <algorithm>

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

/// The sums at a machine's own energies. Jobs are priced again where the family cannot tell.
Sums priced_again(const hardware::Hardware& hardware, const std::vector<Job>& jobs,
                  const std::vector<LayerResult>& results, const EngineOptions& options) {
  Sums sums;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto energy = hardware.machine().energy_again(jobs[i], results[i]);
    if (!energy) return sums_of(run(jobs, hardware, options));
    add(sums, *energy, results[i].cost.timing.total);
  }
  return sums;
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
    const Sums after = priced_again(hardware::with_scaled_constant(hardware, i, 1 + kStep), jobs,
                                    results, options);
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

std::optional<EnergyRange> energy_range(const std::vector<Job>& jobs,
                                        const std::vector<LayerResult>& results,
                                        const hardware::Hardware& hardware,
                                        const EngineOptions& options) {
  hardware::Hardware least = hardware, most = hardware;
  std::vector<std::string> bounded = hardware::take_bounds(least, hardware::Bound::kLeast);
  for (const std::string& name : hardware::take_bounds(most, hardware::Bound::kMost))
    if (std::find(bounded.begin(), bounded.end(), name) == bounded.end()) bounded.push_back(name);
  if (bounded.empty()) return std::nullopt;
  const auto total = [&](const hardware::Hardware& machine) {
    return priced_again(machine, jobs, results, options).energy.total();
  };
  return EnergyRange{sums_of(results).energy.total(), total(least), total(most),
                     std::move(bounded)};
}

RatioRange ratio_range(const EnergyRange& of, const EnergyRange& to) {
  const auto [least, most] =
      std::minmax({of.told.count() / to.told.count(), of.least.count() / to.least.count(),
                   of.most.count() / to.most.count()});
  return {least, most};
}

}  // namespace bitloom::sim
