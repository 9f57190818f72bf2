#include "reports/stages.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/text_table.h"

namespace bitloom::reports {
namespace {

cycle::StageCounters sum(const std::vector<cycle::Counters>& layers, mapping::Stage stage) {
  cycle::StageCounters total;
  for (const cycle::Counters& layer : layers) {
    const cycle::StageCounters& counters = layer.of(stage);
    total.run += counters.run;
    total.idle += counters.idle;
    total.send += counters.send;
    total.receive += counters.receive;
    total.busy += counters.busy;
  }
  return total;
}

std::string bounds_text(const std::vector<cycle::Counters>& layers) {
  std::map<std::string, int> count;
  for (const cycle::Counters& layer : layers) ++count[std::string(cycle::to_text(layer.bound()))];
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

std::string stages_text(const std::vector<cycle::Counters>& layers, std::size_t max_width) {
  TextTable table({{"stage, cycles", Align::kLeft},
                   {"run"},
                   {"idle"},
                   {"send"},
                   {"receive"},
                   {"busy"},
                   {"efficiency"}});
  for (const mapping::Stage stage : all_stages()) {
    const cycle::StageCounters counters = sum(layers, stage);
    table.add_row(
        {std::string(mapping::to_text(stage)), fmt::format("{}", counters.run.count()),
         fmt::format("{}", counters.idle.count()), fmt::format("{}", counters.send.count()),
         fmt::format("{}", counters.receive.count()), fmt::format("{}", counters.busy.count()),
         fmt::format("{:.1f} %", 100 * counters.efficiency())});
  }
  return "\n" + table.text(max_width) + bounds_text(layers);
}

}  // namespace bitloom::reports
