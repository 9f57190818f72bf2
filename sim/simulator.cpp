#include "sim/simulator.h"

#include "base/error.h"
#include "sim/analytic/analytic.h"

namespace bitloom::sim {
namespace {

struct EngineEntry {
  std::string_view name;
  Engine engine;
};
constexpr EngineEntry kEngines[] = {{"analytic", Engine::kAnalytic}};

cost::Timing run(const mapping::Schedule& schedule, const hardware::Bismo& hardware,
                 Engine engine) {
  switch (engine) {
    case Engine::kAnalytic:
      return analytic::run(schedule, hardware);
  }
  throw InternalError("an engine without an implementation");
}

}  // namespace

std::vector<std::string> engine_names() {
  std::vector<std::string> names;
  for (const EngineEntry& entry : kEngines) names.emplace_back(entry.name);
  return names;
}

std::string_view to_text(Engine engine) {
  for (const EngineEntry& entry : kEngines)
    if (entry.engine == engine) return entry.name;
  return "";
}

Engine parse_engine(std::string_view name) {
  for (const EngineEntry& entry : kEngines)
    if (entry.name == name) return entry.engine;
  throw unknown_name("engine", name, engine_names());
}

cost::LayerCost price(const graph::LayerShape& layer, graph::Precision precision,
                      const hardware::Bismo& hardware, std::int64_t batch, Engine engine) {
  const mapping::Schedule schedule =
      analytic::schedule(mapping::map_layer(layer, precision, hardware, batch));
  return cost::complete(layer, schedule.mapping, run(schedule, hardware, engine), hardware, batch);
}

std::vector<cost::LayerCost> price(const std::vector<graph::LayerShape>& layers,
                                   const graph::Policy& policy, const hardware::Bismo& hardware,
                                   std::int64_t batch, Engine engine) {
  ensure(layers.size() == policy.size(), "a policy has an entry for each layer");
  std::vector<cost::LayerCost> costs;
  costs.reserve(layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i)
    costs.push_back(price(layers[i], policy[i], hardware, batch, engine));
  return costs;
}

CostTable::CostTable(const std::vector<graph::LayerShape>& layers, const hardware::Bismo& hardware,
                     std::int64_t batch, int max_bits, Engine engine)
    : layers_(layers.size()), max_bits_(max_bits) {
  costs_.reserve(layers.size() * static_cast<std::size_t>(max_bits * max_bits));
  for (const graph::LayerShape& layer : layers)
    for (int weight_bits = 1; weight_bits <= max_bits; ++weight_bits)
      for (int activation_bits = 1; activation_bits <= max_bits; ++activation_bits)
        costs_.push_back(price(layer, {weight_bits, activation_bits}, hardware, batch, engine));
}

const cost::LayerCost& CostTable::at(std::size_t layer, graph::Precision precision) const {
  const auto bits = static_cast<std::size_t>(max_bits_);
  return costs_.at((layer * bits + static_cast<std::size_t>(precision.weight_bits - 1)) * bits +
                   static_cast<std::size_t>(precision.activation_bits - 1));
}

}  // namespace bitloom::sim
