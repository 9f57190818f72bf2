#include "reports/stages.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

std::string bounds_text(const Simulation& simulation) {
  std::map<std::string, int> count;
  for (const SimulatedLayer& layer : simulation.layers)
    ++count[std::string(cycle::to_text(layer.result.counters->bound()))];
  std::vector<std::string> parts;
  for (const auto& [bound, times] : count) parts.push_back(fmt::format("{} {}", bound, times));
  return fmt::format("layers bound by: {}\n", fmt::join(parts, ", "));
}

}  // namespace

const std::vector<mapping::Stage>& all_stages() {
  using mapping::Stage;
  static const std::vector<Stage> stages{Stage::kFetchActivations, Stage::kFetchWeights,
                                         Stage::kExecute, Stage::kResult};
  return stages;
}

std::string stage_key(mapping::Stage stage) {
  std::string key(mapping::to_text(stage));
  std::replace(key.begin(), key.end(), ' ', '_');
  return key;
}

std::string stages_text(const Simulation& simulation, std::size_t max_width) {
  TextTable table({{"stage, cycles", Align::kLeft},
                   {"run"},
                   {"idle"},
                   {"send"},
                   {"receive"},
                   {"busy"},
                   {"eff%"},
                   {"bound by", Align::kLeft}});
  cycle::Counters total;
  for (const SimulatedLayer& layer : simulation.layers) total += *layer.result.counters;
  for (const mapping::Stage stage : all_stages()) {
    const cycle::StageCounters& counters = total.of(stage);
    table.add_row(
        {std::string(mapping::to_text(stage)), fmt::format("{}", counters.run.count()),
         fmt::format("{}", counters.idle.count()), fmt::format("{}", counters.send.count()),
         fmt::format("{}", counters.receive.count()), fmt::format("{}", counters.busy.count()),
         fmt::format("{:.1f}", 100 * counters.efficiency()),
         std::string(cycle::to_text(total.bound(stage)))});
  }
  return "\n" + table.text(max_width) +
         "bound by: where most cycles went but idle ones: own work (port, compute) or a\n"
         "         wait; eff%: busy of run cycles\n" +
         bounds_text(simulation);
}

}  // namespace bitloom::reports
