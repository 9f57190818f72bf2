#include "sim/families/bitfusion/cycle_pricing.h"

#include "sim/families/bitfusion/cost.h"
#include "sim/families/bitfusion/cycle.h"

namespace bitloom::cycle::bitfusion {
namespace {

namespace searched = analytic::bitfusion;

Result run_tiles(const mapping::bitfusion::LoopNest& nest, const mapping::bitfusion::Plan& plan,
                 const hardware::BitFusion& hardware, const sim::EngineOptions& options,
                 const sim::PartDone& part_done) {
  constexpr std::int64_t kTilesBetween = 1 << 16;
  const mapping::bitfusion::TileProgram program(nest, hardware, plan);
  RunOptions run_options{.stall_seed = options.stall_seed, .tiles_done = {}};
  if (part_done)
    run_options.tiles_done = [&](std::int64_t done) {
      if (done % kTilesBetween == 0)
        part_done(static_cast<double>(done) / static_cast<double>(program.tiles()));
    };
  return run(program, hardware, run_options);
}

}  // namespace

sim::LayerResult price(const sim::Machine& machine, const sim::Job& job,
                       const sim::EngineOptions& options, const sim::PartDone& part_done) {
  const hardware::BitFusion& hw = *sim::described_as<hardware::BitFusion>(machine);
  const auto nest = mapping::bitfusion::loop_nest(job.layer, job.precision, hw, job.batch);
  const searched::Mapping analytic = searched::search(job.layer, nest, hw);
  const Result result = run_tiles(nest, analytic.plan(), hw, options, part_done);
  const searched::Mapping mapping = searched::retimed(analytic, result.timing.total.count(), hw);
  return {searched::layer_cost(job.layer, nest, mapping, hw),
          sim::Details(searched::LayerDetails{mapping, result.counters})};
}

}  // namespace bitloom::cycle::bitfusion
