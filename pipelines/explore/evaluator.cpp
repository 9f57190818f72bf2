#include "pipelines/explore/evaluator.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "reports/millijoules.h"
#include "sim/alike.h"
#include "sim/simulator.h"

namespace bitloom::pipelines {

Evaluator::Evaluator(const Space& space, sim::Engine engine) : space_(space), engine_{engine} {
  const auto any_asks = [&](std::size_t name) {
    return std::any_of(
        space.constraints.begin(), space.constraints.end(),
        [&](const Constraint& constraint) { return constraint.condition.uses(name); });
  };
  for (std::size_t name = 0; name < space.fields.size(); ++name) {
    bool is_known = false;
    for (std::size_t knob = 0; knob < space.knobs().size(); ++knob)
      if (space.fields[name] == space.knobs()[knob].key && !space.numbers[knob].empty()) {
        known_.emplace_back(knob, name);
        is_known = true;
      }
    if (!is_known && any_asks(name)) asked_fields_.push_back(name);
  }
  asks_chip_ = false;
  for (std::size_t i = 0; i < space.metrics.size(); ++i)
    if (space.metrics[i].is_of_chip && any_asks(space.fields.size() + i)) asks_chip_ = true;
}

Evaluator::Work Evaluator::work_of(const std::vector<graph::LayerShape>& layers,
                                   const graph::Policy& policy, const hardware::Hardware& machine) {
  const std::vector<sim::Job> jobs = sim::jobs_of(layers, policy, machine.batch());
  sim::AlikeJobs alike(machine.machine());
  for (const sim::Job& job : jobs) alike.add(job);
  Work work{{}, alike.kinds()};
  for (std::size_t kind = 0; kind < alike.count(); ++kind)
    work.jobs.push_back(jobs[alike.first(kind)]);
  return work;
}

const std::vector<Evaluator::Work>& Evaluator::work_on(const hardware::Hardware& machine) const {
  const sim::Neighbors minded = machine.machine().relevant({.input_bits = 1, .output_bits = 1});
  const Key key{machine.batch(), {minded.input_bits.value_or(0), minded.output_bits}};
  const auto found = work_.find(key);
  if (found != work_.end()) return found->second;
  std::vector<Work> all;
  for (const SpaceNetwork& network : space_.networks)
    all.push_back(network.optimal ? Work{} : work_of(network.layers, network.policy, machine));
  return work_.emplace(key, std::move(all)).first->second;
}

NetworkCosts Evaluator::price(const Work& work, const hardware::Hardware& machine) const {
  std::vector<cost::LayerCost> costs;
  costs.reserve(work.jobs.size());
  for (const sim::Job& job : work.jobs) costs.push_back(sim::run(job, machine, engine_).cost);
  Cycles cycles, longest;
  Picojoules energy;
  Bits dram;
  for (const std::size_t kind : work.kinds) {
    cycles += costs[kind].timing.total;
    longest = std::max(longest, costs[kind].timing.total);
    energy += costs[kind].energy.total();
    dram += costs[kind].dram;
  }
  constexpr double kBitsPerByte = 8;
  const auto images = static_cast<double>(machine.batch());
  return {runtime(cycles, machine.clock()).count() / images, reports::millijoules(energy) / images,
          static_cast<double>(dram.count()) / kBitsPerByte / images,
          runtime(longest, machine.clock()).count() / images};
}

NetworkCosts Evaluator::price_at_optimal_bits(const SpaceNetwork& network,
                                              const hardware::Hardware& machine) const {
  const ChosenBits chosen = optimal_bits(*network.optimal, machine);
  NetworkCosts costs = price(work_of(network.layers, chosen.policy, machine), machine);
  costs.omega = chosen.omega;
  return costs;
}

NetworkCosts Evaluator::price(const hardware::Hardware& machine) const {
  const std::vector<Work>& work = work_on(machine);
  const auto price_one = [&](std::size_t i) {
    const SpaceNetwork& network = space_.networks[i];
    return network.optimal ? price_at_optimal_bits(network, machine) : price(work[i], machine);
  };
  if (work.size() == 1) return price_one(0);
  NetworkCosts mean;
  double weights = 0;
  for (const SpaceNetwork& network : space_.networks) weights += network.weight;
  for (std::size_t i = 0; i < work.size(); ++i) {
    const NetworkCosts costs = price_one(i);
    const double share = space_.networks[i].weight / weights;
    mean.latency_ms += share * costs.latency_ms;
    mean.energy_mj += share * costs.energy_mj;
    mean.dram_bytes += share * costs.dram_bytes;
    mean.omega += share * costs.omega;
    mean.worst_layer_ms = std::max(mean.worst_layer_ms, costs.worst_layer_ms);
  }
  return mean;
}

const Constraint* Evaluator::broken(Stage stage, const std::vector<double>& values) const {
  for (const Constraint& constraint : space_.constraints)
    if (constraint.stage == stage && !constraint.condition.holds(values)) return &constraint;
  return nullptr;
}

void Evaluator::look_at(const hardware::Hardware& machine, std::vector<double>& values) const {
  if (!asked_fields_.empty()) {
    const auto known = keys_of(machine);     // which sections it has may differ from point to point
    std::vector<std::size_t> names, places;  // of what this one has; the rest is no number
    for (const std::size_t name : asked_fields_) {
      const auto found = known.find(space_.fields[name]);
      if (found == known.end() || !found->second.is_number()) continue;
      names.push_back(name);
      places.push_back(found->second.place);
    }
    const std::vector<double> numbers = numbers_of(machine, places);
    for (std::size_t i = 0; i < numbers.size(); ++i) values[names[i]] = numbers[i];
  }
  if (!asks_chip_) return;
  const std::vector<double> metrics = values_of(space_.metrics, {}, machine.machine());
  std::copy(metrics.begin(), metrics.end(),
            values.begin() + static_cast<std::ptrdiff_t>(space_.fields.size()));
}

std::vector<double> Evaluator::knob_values(const search::Choices& choices) const {
  std::vector<double> values(space_.fields.size() + space_.metrics.size(),
                             std::numeric_limits<double>::quiet_NaN());
  for (const auto& [knob, name] : known_) values[name] = space_.numbers[knob][choices[knob]];
  return values;
}

Evaluated Evaluator::evaluate(std::int64_t point) const {
  const auto refused = [&](std::string why) { return Evaluated{point, std::move(why), {}}; };
  const search::Choices choices = space_.grid.choices(point);
  std::vector<double> values = knob_values(choices);
  if (const Constraint* constraint = broken(Stage::kKnobs, values))
    return refused(constraint->condition.text());
  try {
    const hardware::Hardware machine = space_.variants.with(choices);
    look_at(machine, values);
    if (const Constraint* constraint = broken(Stage::kMachine, values))
      return refused(constraint->condition.text());
    std::vector<double> metrics = values_of(space_.metrics, price(machine), machine.machine());
    std::copy(metrics.begin(), metrics.end(),
              values.begin() + static_cast<std::ptrdiff_t>(space_.fields.size()));
    if (const Constraint* constraint = broken(Stage::kCosts, values))
      return refused(constraint->condition.text());
    for (const std::size_t objective : space_.objectives)
      if (std::isnan(metrics[objective]))
        return refused("tells no " + space_.metrics[objective].objective);
    return {point, "", std::move(metrics)};
  } catch (const UserError& refusal) {
    if (refusal.kind() != UserError::Kind::kInput && !refusal.is_unsupported()) throw;
    return refused(refusal.what());
  }
}

}  // namespace bitloom::pipelines
