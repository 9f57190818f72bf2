#include "pipelines/price.h"

#include <algorithm>

#include "pipelines/engine_warning.h"
#include "pipelines/network_table.h"

namespace bitloom {

Cycles Price::cycles() const {
  Cycles sum;
  for (const PricedLayer& layer : layers) sum += layer.cost.timing.total;
  return sum;
}

Picojoules Price::energy() const {
  Picojoules sum;
  for (const PricedLayer& layer : layers) sum += layer.cost.energy.total();
  return sum;
}

Bytes Price::dram() const {
  Bytes sum;
  for (const PricedLayer& layer : layers) sum += layer.cost.dram_bytes();
  return sum;
}

Price price(const std::string& network, const std::string& hardware, const PriceOptions& options,
            const pipelines::Host& host) {
  const pipelines::Network asked =
      load(pipelines::NetworkChoice{network, options.image_size}, host);
  const hardware::Hardware machine =
      load(pipelines::HardwareChoice{.name = hardware, .batch = options.batch}, host);
  warn_of_what_is_left_out(options.engine, machine, host);
  const graph::Policy policy =
      load(pipelines::PolicyChoice{options.bits, options.policy, options.edge_layers}, asked);
  pipelines::Step step(host, "price");
  const auto results =
      sim::run(asked.layers, policy, machine, machine.batch(), options.engine.options,
               {.jobs = options.engine.jobs,
                .progress = [&](double done, std::int64_t of) { step.update(done, of); }});
  Price price{.batch = machine.batch(), .clock = machine.clock(), .layers = {}};
  for (std::size_t i = 0; i < results.size(); ++i)
    price.layers.push_back({asked.layers[i].name, policy[i], results[i].cost});
  return price;
}

sim::CostTable cost_table(const pipelines::Network& network, const hardware::Hardware& machine,
                          int max_bits, const pipelines::EngineChoice& engine,
                          const pipelines::Host& host) {
  require_batch(network, machine.batch());
  warn_of_what_is_left_out(engine, machine, host);
  pipelines::Step step(host, "lut");
  return sim::CostTable(network.layers, machine, machine.batch(), max_bits, engine.options,
                        {.jobs = engine.jobs,
                         .progress = [&](double done, std::int64_t of) { step.update(done, of); }});
}

double whole_over_entries(const pipelines::Network& network, const hardware::Hardware& machine,
                          int max_bits) {
  const int few = std::min(2, max_bits);
  graph::Policy policy;
  for (std::size_t i = 0; i < network.layers.size(); ++i)
    policy.push_back(i % 2 == 0 ? graph::Precision{few, few}
                                : graph::Precision{max_bits, max_bits});
  const auto whole = sim::prices_of(sim::jobs_of(network.layers, policy, machine.batch()), machine);
  const auto entries =
      sim::prices_of(sim::lone_jobs_of(network.layers, policy, machine.batch()), machine);
  double of_whole = 0, of_entries = 0;
  for (std::size_t i = 0; i < policy.size(); ++i) {
    if (!whole[i].runs() || !entries[i].runs()) continue;
    of_whole += static_cast<double>(whole[i].cost.timing.total.count());
    of_entries += static_cast<double>(entries[i].cost.timing.total.count());
  }
  return of_entries > 0 ? of_whole / of_entries - 1 : 0;
}

}  // namespace bitloom
