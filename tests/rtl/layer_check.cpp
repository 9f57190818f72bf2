#include "tests/rtl/layer_check.h"

#include <fmt/format.h>

#include "rtl/verify/cycle_check.h"
#include "rtl/verify/layer_run.h"
#include "sim/families/bismo/phase_length.h"
#include "tests/rtl/slot_model.h"

namespace bitloom::verify {
namespace {

std::string check_against_model(const LayerRun& run, const ScheduledLayer& layer, const Core& core,
                                const Stalls& stalls) {
  const auto phases =
      model_phases(layer.schedule, core.parameters(), core.pipeline_cycles(), stalls);
  for (std::size_t i = 0; i < phases.size(); ++i)
    if (run.phases[i].first_cycle != phases[i].first_cycle ||
        run.phases[i].last_cycle != phases[i].last_cycle ||
        run.phases[i].issue_slots != phases[i].issue_slots)
      return fmt::format("phase {} lasts from {} to {}, by the slot model from {} to {}", i,
                         run.phases[i].first_cycle, run.phases[i].last_cycle, phases[i].first_cycle,
                         phases[i].last_cycle);
  return "";
}

std::string describe(const ScheduledLayer& layer) {
  const Workload& w = layer.workload;
  const graph::LayerShape& l = w.layer;
  return fmt::format("{} {}->{} kernel {}x{} groups {} at {} batch {} coding {} outer {}",
                     graph::to_text(l.kind), l.in_channels, l.out_channels, l.kernel.height,
                     l.kernel.width, l.groups, graph::to_text(w.precision), w.batch,
                     static_cast<int>(w.weight_coding), static_cast<int>(layer.schedule.outer));
}

}  // namespace

std::string check_layer(Core& core, const ScheduledLayer& layer, const Stalls& stalls) {
  const std::string name = describe(layer);
  const auto reference = reference_outputs(layer.workload);
  const LayerRun run = run_layer(core, layer.workload, layer.schedule, reference, stalls);
  if (run.first_wrong) return to_text(*run.first_wrong, name);
  if (run.stuck) return name + ": stuck";
  if (run.values != static_cast<std::int64_t>(reference.size()))
    return fmt::format("{}: {} of {} values came", name, run.values, reference.size());
  if (run.wrong_values != 0) return name + ": more results than expected";
  const bool narrow = core.parameters().result_port_bits < core.parameters().tile_bits();
  if (stalls.stalls_instructions()) return "";
  if (const std::string wrong = check_against_model(run, layer, core, stalls); !wrong.empty())
    return name + ": " + wrong;
  if (narrow || stalls.any()) return "";
  const auto wrong = check_cycles(run, layer.schedule, analytic::phase_length, layer.expected);
  return wrong ? to_text(*wrong, name) : "";
}

std::string check_random_layers(Core& core, int count, std::uint64_t seed, std::int64_t most_cycles,
                                int stall_every) {
  RandomLayers layers(hardware_of(core), seed, most_cycles);
  for (int i = 0; i < count; ++i) {
    const ScheduledLayer layer = layers.next();
    const bool stalled = stall_every != 0 && i % stall_every == 0;
    const auto per_mille = static_cast<std::uint32_t>(100 + 250 * (i % 4));
    const Stalls stalls = stalled ? Stalls(seed + static_cast<std::uint64_t>(i), per_mille,
                                           i % (2 * stall_every) == 0)
                                  : Stalls();
    if (const std::string failure = check_layer(core, layer, stalls); !failure.empty())
      return fmt::format("layer {} of seed {}{}: {}", i, seed, stalled ? ", stalled" : "", failure);
  }
  return "";
}

}  // namespace bitloom::verify
