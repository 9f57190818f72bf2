#include "sim/families/bismo/columns.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/families/bismo/area.h"
#include "sim/families/bismo/cost.h"
#include "sim/kit/synthesis.h"

namespace bitloom::cost {
namespace {

using mapping::Stage;

constexpr Stage kAllStages[] = {Stage::kFetchActivations, Stage::kFetchWeights, Stage::kExecute,
                                Stage::kResult};

/// The stage's name as a key: `fetch_activations`.
std::string key_of(Stage stage) {
  std::string key(mapping::to_text(stage));
  std::replace(key.begin(), key.end(), ' ', '_');
  return key;
}

std::string bound_of(const cycle::Counters& counters) {
  return std::string(cycle::to_text(counters.bound()));
}
std::string bound_of(const cycle::Counters& counters, Stage stage) {
  return std::string(cycle::to_text(counters.bound(stage)));
}

std::string fit_text(const hardware::DpuFit& fit, std::string_view unit) {
  return fmt::format(
      "{:.4g} dk + {:.4g} accumulator_bits {} {:.3g} {} (residuals {:+.1f} to {:+.1f})",
      fit.per_dk_bit, fit.per_accumulator_bit, fit.constant < 0 ? '-' : '+', std::abs(fit.constant),
      unit, fit.least_residual, fit.greatest_residual);
}

std::string fits_text(const hardware::Bismo& hw) {
  const bool fitted = hw.dk >= hardware::kLeastFittedDk && hw.dk <= hardware::kGreatestFittedDk;
  const bool multiplies = hw.multiplies();
  return fmt::format(
      "a unit, by {} for 7-series, dk {} to {}{}: {}; {}", hardware::kSynthesisTool,
      hardware::kLeastFittedDk, hardware::kGreatestFittedDk, fitted ? "" : ", here extrapolated",
      fit_text(multiplies ? hardware::kScaledDpuLuts : hardware::kDpuLuts, "LUT"),
      fit_text(multiplies ? hardware::kScaledDpuFlipFlops : hardware::kDpuFlipFlops, "FF"));
}

std::vector<sim::Fact> stage_facts(const cycle::Counters& counters, Stage stage) {
  const cycle::StageCounters& c = counters.of(stage);
  return {{"run_cycles", c.run.count()},          {"idle_cycles", c.idle.count()},
          {"send_cycles", c.send.count()},        {"receive_cycles", c.receive.count()},
          {"busy_cycles", c.busy.count()},        {"efficiency", c.efficiency()},
          {"bound_by", bound_of(counters, stage)}};
}

std::string layers_by_bound(const std::vector<cycle::Counters>& layers) {
  std::map<std::string, int> count;
  for (const cycle::Counters& layer : layers) ++count[bound_of(layer)];
  std::vector<std::string> parts;
  for (const auto& [bound, times] : count) parts.push_back(fmt::format("{} {}", bound, times));
  return fmt::format("layers bound by: {}\n", fmt::join(parts, ", "));
}

sim::Table stages_table(const std::vector<cycle::Counters>& layers) {
  sim::Table table{.columns = {{"stage, cycles", true},
                               {"run"},
                               {"idle"},
                               {"send"},
                               {"receive"},
                               {"busy"},
                               {"eff%"},
                               {"bound by", true}},
                   .rows = {},
                   .below = {}};
  cycle::Counters total;
  for (const cycle::Counters& layer : layers) total += layer;
  for (const Stage stage : kAllStages) {
    const cycle::StageCounters& c = total.of(stage);
    std::vector<std::string> row{std::string(mapping::to_text(stage))};
    for (const Cycles cycles : {c.run, c.idle, c.send, c.receive, c.busy})
      row.push_back(fmt::format("{}", cycles.count()));
    row.push_back(fmt::format("{:.1f}", 100 * c.efficiency()));
    row.push_back(bound_of(total, stage));
    table.rows.push_back(std::move(row));
  }
  table.below =
      "bound by: where most cycles went but idle ones: own work (port, compute) or a\n"
      "         wait; eff%: busy of run cycles\n" +
      layers_by_bound(layers);
  return table;
}

}  // namespace

std::string array_text(const hardware::Bismo& hw) {
  return fmt::format("{}x{}x{}", hw.dm, hw.dk, hw.dn);
}

std::vector<sim::Line> facts_of(const hardware::Bismo& hw) {
  if (hw.multiplies())  // BISMO's cost model has no multipliers
    return {
        {"operand buffers", fmt::format("{} BRAM36 (BISMO's cost model, codes beside the weights)",
                                        hw.bram36_blocks())},
        {"dot-product units",
         fmt::format("{:.0f} LUT, {:.0f} FF, {} DSP48E1 (rtl/scaled_dpu.sv synthesized)",
                     hw.array_luts(), hw.array_flip_flops(), hw.array_dsp_blocks()),
         fits_text(hw)}};
  return {{"operand buffers", fmt::format("{} BRAM36 (BISMO's cost model)", hw.bram36_blocks())},
          {"dot-product units",
           fmt::format("{:.0f} LUT (BISMO: 2.04 dk + 109 each)", hw.published_array_luts())},
          {"",
           fmt::format("{:.0f} LUT, {:.0f} FF (rtl/dpu.sv synthesized)", hw.array_luts(),
                       hw.array_flip_flops()),
           fits_text(hw)}};
}

sim::LayerReport report(const sim::LayerResult& result) {
  const auto counters = result.details.as<LayerDetails>().counters;
  if (!counters) return {};
  sim::LayerReport report;
  std::vector<sim::Fact> stages;
  report.columns.push_back({"bound_by", bound_of(*counters)});
  for (const Stage stage : kAllStages) {
    stages.push_back({key_of(stage), stage_facts(*counters, stage)});
    report.columns.push_back({key_of(stage) + "_bound_by", bound_of(*counters, stage)});
  }
  report.counters = {{"bound_by", bound_of(*counters)},
                     {"activation_wait_cycles", counters->activation_wait.count()},
                     {"weight_wait_cycles", counters->weight_wait.count()},
                     {"drain_cycles", counters->drain.count()},
                     {"stages", std::move(stages)}};
  return report;
}

sim::NetworkReport report(const std::vector<sim::LayerResult>& results, const hardware::Bismo& hw) {
  sim::NetworkReport report;
  std::vector<cycle::Counters> counters;
  bool converts = false;
  for (const sim::LayerResult& result : results) {
    if (const auto details = result.details.as<LayerDetails>(); details.counters)
      counters.push_back(*details.counters);
    converts = converts || result.cost.timing.conversion > Cycles();
  }
  if (!counters.empty()) report.tables.push_back(stages_table(counters));
  if (!hw.writes_back()) report.unpriced.push_back("write-back");
  if (!converts) report.unpriced.push_back("bit-planes");
  return report;
}

}  // namespace bitloom::cost
