#include "sim/families/bismo/cycle_pricing.h"

#include "sim/families/bismo/analytic.h"
#include "sim/families/bismo/cost.h"
#include "sim/families/bismo/cycle.h"
#include "sim/families/bismo/trace.h"

namespace bitloom::cycle {
namespace {

using hardware::Bismo;

/// Tells of phases as the array ends them.
class PhaseProgress : public Observer {
 public:
  PhaseProgress(const mapping::Program& program, const sim::PartDone& part_done)
      : phases_(static_cast<double>(program.count(mapping::Stage::kExecute))),
        part_done_(part_done) {}
  void instruction_ends(mapping::Stage stage, std::int64_t index, Cycles) override {
    if (stage == mapping::Stage::kExecute) part_done_(static_cast<double>(index + 1) / phases_);
  }

 private:
  double phases_;
  const sim::PartDone& part_done_;
};

sim::LayerResult priced(const sim::Job& job, const Bismo& hw, const sim::EngineOptions& options,
                        Trace* trace, const sim::PartDone& part_done) {
  const mapping::Schedule schedule = analytic::schedule(
      mapping::map_layer(job.layer, job.precision, hw, job.batch, job.neighbors), hw);
  const mapping::ScheduleProgram program(schedule, hw);
  PhaseProgress progress(program, part_done);
  RunOptions run_options;
  run_options.stall_seed = options.stall_seed;
  if (part_done) run_options.observer = &progress;
  if (trace != nullptr) {
    trace->begin_layer(job.layer.name, program);
    run_options.observer = trace;
  }
  const Result result = run(program, hw, run_options);
  cost::Actions actions = cost::count_actions(schedule.mapping, hw);
  actions.dram = result.dram.value_or(cost::DramActions());
  return {cost::complete(job.layer, schedule.mapping, actions, result.timing, hw, job.batch),
          sim::Details(cost::LayerDetails{actions, result.counters})};
}

class StageRecording final : public sim::Recording {
 public:
  explicit StageRecording(Bismo hardware) : hw_(std::move(hardware)) {}

  std::int64_t steps(const sim::Job& job) const override {
    const mapping::Mapping m = mapping::map_layer(job.layer, job.precision, hw_, job.batch);
    return m.gemms.count * m.activations.tiles() * m.weights.tiles() * m.chunks.words;
  }
  sim::LayerResult run(const sim::Job& job, const sim::EngineOptions& options) override {
    return priced(job, hw_, options, &trace_, {});
  }
  void write_waveform(const Sink& sink) const override { trace_.write_vcd(sink, hw_.clock()); }
  void write_timeline(const Sink& sink) const override { trace_.write_timeline(sink); }

 private:
  Bismo hw_;
  Trace trace_;
};

}  // namespace

sim::LayerResult price(const sim::Machine& machine, const sim::Job& job,
                       const sim::EngineOptions& options, const sim::PartDone& part_done) {
  return priced(job, *sim::described_as<Bismo>(machine), options, nullptr, part_done);
}

std::unique_ptr<sim::Recording> record(const sim::Machine& machine) {
  return std::make_unique<StageRecording>(*sim::described_as<Bismo>(machine));
}

}  // namespace bitloom::cycle
