// A point's layers, for its report.
#include "pipelines/explore/evaluator.h"
#include "reports/millijoules.h"
#include "sim/simulator.h"

namespace bitloom::pipelines {

std::vector<reports::ExploredLayer> Evaluator::layers(std::int64_t point) const {
  const hardware::Hardware machine = space_.variants.with(space_.grid.choices(point));
  const auto images = static_cast<double>(machine.batch());
  std::vector<reports::ExploredLayer> all;
  for (const SpaceNetwork& network : space_.networks) {
    const graph::Policy policy =
        network.optimal ? optimal_bits(*network.optimal, machine).policy : network.policy;
    const std::vector<sim::Job> jobs = sim::jobs_of(network.layers, policy, machine.batch());
    const std::vector<sim::LayerResult> results = sim::run(jobs, machine, engine_);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const cost::LayerCost& cost = results[i].cost;
      all.push_back(
          {.network = network.name,
           .bits = {network.layers[i].name, policy[i].weight_bits, policy[i].activation_bits},
           .cycles = static_cast<double>(cost.timing.total.count()) / images,
           .latency_ms = runtime(cost.timing.total, machine.clock()).count() / images,
           .energy_mj = reports::millijoules(cost.energy.total()) / images,
           .bound = machine.machine().bound_by(jobs[i], results[i])});
    }
  }
  return all;
}

}  // namespace bitloom::pipelines
