#include "cli/verification.h"

#include <fmt/format.h>

#include "rtl/verify/cycle_check.h"
#include "rtl/verify/layer_run.h"
#include "sim/analytic/analytic.h"
#include "sim/analytic/phase_length.h"
#include "sim/cycle/cycle.h"

namespace bitloom::cli {
namespace {

std::string value_complaint(verify::Core& core, const verify::LayerRun& run,
                            const verify::Workload& workload, const mapping::Schedule& schedule,
                            std::size_t expected_values) {
  const std::string& layer = workload.layer.name;
  if (run.first_wrong)
    return verify::to_text(*run.first_wrong, layer,
                           verify::find_wrong_planes(core, workload, schedule));
  if (run.stuck) return layer + ": the core stopped before the layer's end";
  if (run.values != static_cast<std::int64_t>(expected_values))
    return fmt::format("{}: {} of {} values came", layer, run.values, expected_values);
  return run.wrong_values == 0 ? "" : layer + ": more results came than the layer has";
}

std::string cycle_complaint(const verify::LayerRun& run, const mapping::Schedule& schedule,
                            const Verdict& verdict) {
  const auto wrong =
      verify::check_cycles(run, schedule, analytic::phase_length, Cycles(verdict.analytic_cycles));
  if (wrong) return verify::to_text(*wrong, verdict.layer);
  if (verdict.cycle_cycles != verdict.rtl_cycles)
    return fmt::format("{}: the cycle engine expects {} cycles, the RTL took {}", verdict.layer,
                       verdict.cycle_cycles, verdict.rtl_cycles);
  return "";
}

}  // namespace

Verdict verify_layer(verify::Core& core, const verify::Workload& workload,
                     const hardware::Bismo& hardware) {
  const mapping::Schedule schedule = analytic::schedule(
      mapping::map_layer(workload.layer, workload.precision, hardware, workload.batch));
  const auto reference = verify::reference_outputs(workload);
  const verify::LayerRun run = verify::run_layer(core, workload, schedule, reference);
  Verdict verdict{.layer = workload.layer.name,
                  .precision = workload.precision,
                  .values = run.values,
                  .rtl_cycles = run.total().count(),
                  .analytic_cycles = analytic::run(schedule, hardware).total.count(),
                  .cycle_cycles = cycle::run(schedule, hardware).timing.total.count(),
                  .complaint = {}};
  verdict.complaint = value_complaint(core, run, workload, schedule, reference.size());
  verdict.values_equal = verdict.complaint.empty();
  if (verdict.values_equal) verdict.complaint = cycle_complaint(run, schedule, verdict);
  return verdict;
}

}  // namespace bitloom::cli
