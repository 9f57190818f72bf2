#include "pipelines/policy_costs.h"

#include <utility>

#include "reports/simulation.h"

namespace bitloom::pipelines {
namespace {

/// A policy's jobs and what each costs.
struct PricedJobs {
  std::vector<sim::Job> jobs;
  std::vector<sim::LayerResult> results;
};

std::vector<double> costs_of(const PricedJobs& policy, Megahertz clock) {
  std::vector<graph::LayerShape> layers;
  graph::Policy bits;
  std::vector<cost::LayerCost> costs;
  for (std::size_t i = 0; i < policy.jobs.size(); ++i) {
    layers.push_back(policy.jobs[i].layer);
    bits.push_back(policy.jobs[i].precision);
    costs.push_back(policy.results[i].cost);
  }
  return search::network_costs(layers, bits, costs, clock);
}

}  // namespace

std::string simulation_json(const SearchSpace& space, const PricedNetwork& priced,
                            const graph::FilterPolicy& policy) {
  const auto& machine = priced.hardware;
  reports::Simulation simulation{.network = priced.network.graph.name(),
                                 .input = priced.network.input(),
                                 .hardware = machine.name(),
                                 .engine = space.engine.name(),
                                 .energy_table = space.hardware.energy_table,
                                 .technology = machine.energy_technology(),
                                 .batch = machine.batch(),
                                 .clock = machine.clock(),
                                 .writes_back = machine.writes_back(),
                                 .machine = reports::machine_of(machine)};
  const std::vector<sim::Job> layers =
      sim::jobs_of(priced.network.layers, policy.layers, machine.batch());
  for (std::size_t i = 0; i < layers.size(); ++i)
    reports::append(layers[i], policy.of(i), {}, simulation.layers);
  std::vector<sim::Job> jobs;
  for (const reports::SimulatedLayer& layer : simulation.layers) jobs.push_back(layer.job);
  std::vector<sim::LayerResult> results =
      sim::run(jobs, machine, space.engine.options, {.jobs = space.engine.jobs});
  simulation.energy_range = sim::energy_range(jobs, results, machine, space.engine.options);
  simulation.take(std::move(results), machine.machine());
  return reports::simulation_json(simulation);
}

std::vector<PolicyCosts> policy_costs(const EngineChoice& engine, const PricedNetwork& priced,
                                      const std::vector<graph::FilterPolicy>& policies) {
  const hardware::Hardware& machine = priced.hardware;
  std::vector<sim::Job> jobs;
  std::vector<std::size_t> ends;  // of each policy's jobs
  for (const graph::FilterPolicy& policy : policies) {
    for (sim::Job& job : sim::jobs_of(priced.network.layers, policy, machine.batch()))
      jobs.push_back(std::move(job));
    ends.push_back(jobs.size());
  }
  std::vector<sim::LayerResult> results =
      sim::run(jobs, machine, engine.options, {.jobs = engine.jobs});
  std::vector<PolicyCosts> costs;
  std::size_t i = 0;
  for (const std::size_t end : ends) {
    PricedJobs policy;
    for (; i < end; ++i) {
      policy.jobs.push_back(std::move(jobs[i]));
      policy.results.push_back(std::move(results[i]));
    }
    costs.push_back({costs_of(policy, machine.clock()),
                     sim::energy_range(policy.jobs, policy.results, machine, engine.options)});
  }
  return costs;
}

PolicyCosts policy_costs(const EngineChoice& engine, const PricedNetwork& priced,
                         const graph::FilterPolicy& policy) {
  return policy_costs(engine, priced, std::vector{policy}).front();
}

PolicyCosts costs_at_reference(const EngineChoice& engine, const PricedNetwork& priced) {
  return policy_costs(
      engine, priced,
      graph::FilterPolicy{graph::uniform_policy(priced.network.layers.size(), priced.reference)});
}

}  // namespace bitloom::pipelines
