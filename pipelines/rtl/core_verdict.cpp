#include "pipelines/rtl/core_verdict.h"

#include <algorithm>

#include <fmt/format.h>

#include "pipelines/rtl/verdicts.h"
#include "rtl/verify/cycle_check.h"
#include "rtl/verify/layer_run.h"
#include "sim/families/bismo/analytic.h"
#include "sim/families/bismo/cycle.h"
#include "sim/families/bismo/phase_length.h"

namespace bitloom::pipelines {
namespace {

std::string value_complaint(verify::Core& core, const verify::LayerRun& run,
                            const verify::Workload& workload, const mapping::Schedule& schedule,
                            std::size_t expected_values, const std::string& layer) {
  if (run.first_wrong)
    return verify::to_text(*run.first_wrong, layer,
                           verify::find_wrong_planes(core, workload, schedule));
  const auto values = static_cast<std::int64_t>(expected_values);
  if (run.stuck) return verify::to_text(*run.stuck, run, values, layer);
  if (run.values != values)
    return fmt::format("{}: {} of {} values came", layer, run.values, values);
  return run.wrong_values == 0 ? "" : layer + ": more results came than the layer has";
}

/// The phases as the cycle engine runs them, cycles counted from the layer's first.
struct EnginePhases final : cycle::Observer {
  std::vector<verify::PhaseRecord> phases;

  void instruction_begins(mapping::Stage stage, std::int64_t, Cycles at) override {
    if (stage == mapping::Stage::kExecute) phases.push_back({.first_cycle = at.count()});
  }
  void instruction_ends(mapping::Stage stage, std::int64_t, Cycles at) override {
    if (stage == mapping::Stage::kExecute) phases.back().last_cycle = at.count() - 1;
  }
};

std::string phase_complaint(const verify::LayerRun& run, const EnginePhases& engine,
                            const std::string& layer) {
  if (run.phases.size() != engine.phases.size())
    return fmt::format("{}: the cycle engine runs {} phases, the RTL ran {}", layer,
                       engine.phases.size(), run.phases.size());
  for (std::size_t i = 0; i < run.phases.size(); ++i) {
    const verify::PhaseRecord& rtl = run.phases[i];
    const verify::PhaseRecord& expected = engine.phases[i];
    if (rtl.first_cycle != expected.first_cycle || rtl.last_cycle != expected.last_cycle)
      return fmt::format(
          "{}: phase {} takes cycles {} to {} in the cycle engine, {} to {} in the RTL", layer, i,
          expected.first_cycle, expected.last_cycle, rtl.first_cycle, rtl.last_cycle);
  }
  return "";
}

/// Without an expectation the analytic engine has none. `results_hidden`: no phase waits for the
/// result port.
std::string cycle_complaint(const verify::LayerRun& run, const mapping::Schedule& schedule,
                            const EnginePhases& engine, const reports::Verdict& verdict,
                            bool results_hidden, const std::string& layer) {
  if (verdict.analytic_cycles && results_hidden) {
    const auto wrong = verify::check_cycles(run, schedule, analytic::phase_length,
                                            Cycles(*verdict.analytic_cycles));
    if (wrong) return verify::to_text(*wrong, layer);
  }
  if (const std::string wrong = phase_complaint(run, engine, layer); !wrong.empty()) return wrong;
  const auto total = [&](const char* name, const std::optional<std::int64_t>& expected) {
    if (!expected || *expected == verdict.rtl_cycles) return std::string();
    return fmt::format("{}: the {} engine expects {} cycles, the RTL took {}", layer, name,
                       *expected, verdict.rtl_cycles);
  };
  const std::string wrong = total("analytic", verdict.analytic_cycles);
  return wrong.empty() ? total("cycle", verdict.systemc_cycles) : wrong;
}

/// Clocks from the reset to the first thing that was wrong.
std::int64_t wrong_clock(const verify::LayerRun& run, const EnginePhases& engine) {
  if (run.first_wrong) return run.first_clock + run.first_wrong->cycle;
  if (run.stuck) return run.first_clock + run.stuck->cycle;
  for (std::size_t i = 0; i < std::min(run.phases.size(), engine.phases.size()); ++i)
    if (run.phases[i].last_cycle != engine.phases[i].last_cycle)
      return run.first_clock + std::min(run.phases[i].last_cycle, engine.phases[i].last_cycle);
  return run.clocks - 1;
}

}  // namespace

mapping::Schedule schedule_of(const verify::Workload& workload, const hardware::Bismo& hardware) {
  return analytic::schedule(
      mapping::map_layer(workload.layer, workload.precision, hardware, workload.batch), hardware);
}

Judgement judge_layer(verify::Core& core, const verify::Workload& workload,
                      const hardware::Bismo& hardware, const verify::Stalls& stalls) {
  const mapping::Schedule schedule = schedule_of(workload, hardware);
  const auto reference = verify::reference_outputs(workload);
  const verify::LayerRun run = verify::run_layer(core, workload, schedule, reference, stalls);
  const std::string layer = workload.layer.name + (stalls.any() ? ", streams waiting" : "");
  EnginePhases engine;
  const cost::Timing analytic = analytic::run(schedule, hardware);
  reports::Verdict verdict = verdict_on(workload);
  verdict.values = run.values;
  verdict.rtl_cycles = run.total().count();
  if (!stalls.any()) verdict.analytic_cycles = analytic.total.count();
  if (!stalls.stalls_instructions())
    verdict.systemc_cycles =
        cycle::run(schedule, hardware, {.observer = &engine, .stream_stalls = stalls})
            .timing.total.count();
  verdict.complaint = value_complaint(core, run, workload, schedule, reference.size(), layer);
  verdict.values_equal = verdict.complaint.empty();
  if (verdict.values_equal && !stalls.stalls_instructions())
    verdict.complaint =
        cycle_complaint(run, schedule, engine, verdict, analytic.result_stall == Cycles(), layer);
  if (verdict.complaint.empty()) return {std::move(verdict), {}};
  const Mismatch mismatch{!verdict.values_equal, wrong_clock(run, engine), run.reset_time, stalls};
  return {std::move(verdict), mismatch};
}

}  // namespace bitloom::pipelines
