// What binds a point: which move of a knob shortens its longest layers.
#include <algorithm>

#include "base/error.h"
#include "pipelines/explore/evaluator.h"
#include "sim/simulator.h"

namespace bitloom::pipelines {

double Evaluator::milliseconds(const sim::Job& job, const hardware::Hardware& machine) const {
  const Cycles cycles = sim::run(job, machine, engine_).cost.timing.total;
  return runtime(cycles, machine.clock()).count() / static_cast<double>(machine.batch());
}

std::vector<Evaluator::LayerTime> Evaluator::longest_layers(
    const hardware::Hardware& machine) const {
  constexpr double kMost = 0.8;  // of the time
  const std::vector<Work>& work = work_on(machine);
  std::vector<LayerTime> layers;
  double all = 0;
  for (std::size_t network = 0; network < work.size(); ++network) {
    std::vector<double> of_kinds;
    for (const sim::Job& job : work[network].jobs)
      of_kinds.push_back(space_.networks[network].weight * milliseconds(job, machine));
    for (std::size_t layer = 0; layer < work[network].kinds.size(); ++layer) {
      layers.push_back({network, layer, of_kinds[work[network].kinds[layer]]});
      all += layers.back().ms;
    }
  }
  std::stable_sort(layers.begin(), layers.end(),
                   [](const LayerTime& a, const LayerTime& b) { return a.ms > b.ms; });
  double sum = 0;
  const auto end = std::find_if(layers.begin(), layers.end(), [&](const LayerTime& layer) {
    sum += layer.ms;
    return sum >= kMost * all;
  });
  if (end != layers.end()) layers.erase(end + 1, layers.end());
  return layers;
}

std::optional<hardware::Hardware> Evaluator::allowed_machine(std::int64_t point) const {
  const search::Choices choices = space_.grid.choices(point);
  std::vector<double> values = knob_values(choices);
  if (broken(Stage::kKnobs, values)) return std::nullopt;
  hardware::Hardware machine = space_.variants.with(choices);
  look_at(machine, values);
  if (broken(Stage::kMachine, values)) return std::nullopt;
  return machine;
}

std::vector<search::Move> Evaluator::moves(std::int64_t point) const {
  const std::vector<LayerTime> layers =
      longest_layers(space_.variants.with(space_.grid.choices(point)));
  double before = 0;
  for (const LayerTime& layer : layers) before += layer.ms;
  std::vector<search::Move> moves;
  const auto try_move = [&](std::int64_t number) {
    const auto machine = allowed_machine(number);
    if (!machine) return;
    const std::vector<Work>& work = work_on(*machine);
    std::map<std::pair<std::size_t, std::size_t>, double> of_kinds;  // by network and kind
    double after = 0;
    for (const LayerTime& layer : layers) {
      const std::size_t kind = work[layer.network].kinds[layer.layer];
      const auto [found, is_new] = of_kinds.try_emplace({layer.network, kind}, 0);
      if (is_new)
        found->second = space_.networks[layer.network].weight *
                        milliseconds(work[layer.network].jobs[kind], *machine);
      after += found->second;
    }
    moves.push_back({number, (before - after) / before});
  };
  for (const search::Neighbour& neighbour : search::neighbours_of(space_.grid, point)) try {
      try_move(neighbour.point);
    } catch (const UserError& refusal) {
      if (refusal.kind() != UserError::Kind::kInput && !refusal.is_unsupported()) throw;
    }
  return moves;
}

}  // namespace bitloom::pipelines
