#include "sim/families/shift/cycle_pricing.h"

#include "sim/families/shift/cost.h"
#include "sim/families/shift/cycle.h"

namespace bitloom::cycle::shift {

sim::LayerResult price(const sim::Machine& machine, const sim::Job& job,
                       const sim::EngineOptions& options, const sim::PartDone& part_done) {
  constexpr std::int64_t kTilesBetween = 1 << 16;
  const hardware::Shift& hw = *sim::described_as<hardware::Shift>(machine);
  const auto mapping = mapping::shift::map_layer(job.layer, job.precision, hw, job.batch);
  RunOptions run_options{.stall_seed = options.stall_seed, .tiles_done = {}};
  if (part_done)
    run_options.tiles_done = [&](std::int64_t done) {
      if (done % kTilesBetween == 0)
        part_done(static_cast<double>(done) /
                  static_cast<double>(mapping.tiles() * mapping.blocks()));
    };
  const cost::shift::LayerDetails details{mapping, cost::shift::count_actions(mapping, hw),
                                          run(mapping, hw, run_options).spent};
  return {cost::shift::layer_cost(details, hw), sim::Details(details)};
}

}  // namespace bitloom::cycle::shift
