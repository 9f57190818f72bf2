#include "rtl/verify/layer_run.h"

#include <fmt/format.h>

#include "base/error.h"
#include "rtl/verify/beat_stream.h"
#include "rtl/verify/result_check.h"

namespace bitloom::verify {
namespace {

/// One run: the four streams' outside ends and the clock.
class Runner {
 public:
  Runner(Core& core, const Workload& workload, const mapping::Schedule& schedule,
         const std::vector<std::int64_t>& reference, const Stalls& stalls)
      : core_(core),
        workload_(workload),
        schedule_(schedule),
        stalls_(stalls),
        store_(workload, schedule),
        activations_(Operand::kActivations, schedule, core.parameters(), store_),
        weights_(Operand::kWeights, schedule, core.parameters(), store_),
        results_(workload, schedule, core.parameters(), reference),
        phases_(schedule.mapping.gemms.count * schedule.mapping.phases_per_gemm()),
        instructions_(schedule),
        patience_(kPatience + 4 * instructions_.phase().issue_slots()) {
  }  // the first phase is the largest

  LayerRun run() {
    run_.pipeline_cycles = core_.pipeline_cycles();
    run_.phases.reserve(static_cast<std::size_t>(phases_));
    run_.reset_time = core_.waveform_time();
    shown_ = core_.reset();
    refuse_stop();
    prepare_instruction();
    while (!finished() && !run_.stuck) step();
    run_.first_clock = first_clock_;
    run_.clocks = clock_;
    return std::move(run_);
  }

 private:
  bool finished() const {
    return static_cast<std::int64_t>(run_.phases.size()) == phases_ && results_.done();
  }

  void prepare_instruction() {
    if (!instructions_.done()) instruction_ = instruction_of(instructions_, schedule_, workload_);
  }

  /// The layer's cycles count from the first in which a beat can be taken.
  void note_phase_start() {
    if (in_phase_ || !shown_.activation_ready) return;
    if (run_.phases.empty()) first_clock_ = clock_;
    in_phase_ = true;
    phase_ = {.first_cycle = clock_ - first_clock_};
  }

  void step() {
    note_phase_start();
    const std::int64_t cycle = clock_ - first_clock_;
    CoreInputs inputs;
    if (!instructions_.done() && stalls_.open(Stream::kInstructions, cycle))
      inputs.instruction = &instruction_;
    if (stalls_.open(Stream::kActivations, cycle)) inputs.activations = activations_.beat();
    if (stalls_.open(Stream::kWeights, cycle)) inputs.weights = weights_.beat();
    if (inputs.weights != nullptr) inputs.weight_code = weights_.code();
    inputs.result_ready = stalls_.open(Stream::kResults, cycle);
    const std::int64_t time = core_.waveform_time();
    bool moved = take_results(inputs, cycle);
    const CoreOutputs before = shown_;
    shown_ = core_.clock(inputs);
    refuse_stop();
    moved |= advance_streams(inputs, before);
    moved |= note_phase_end(cycle);
    if (moved) last_move_ = {clock_, time};
    ++clock_;
    if (clock_ - last_move_.clock > patience_) give_up();
  }

  void refuse_stop() const {
    if (shown_.stopped)
      throw UserError(fmt::format("layer '{}': the RTL ends the simulation in clock cycle {}: {}",
                                  workload_.layer.name, clock_, core_.stop()));
  }

  void give_up() {
    PhaseWalk running(schedule_);
    for (std::size_t ended = 0; ended < run_.phases.size() && !running.done(); ++ended)
      running.next();
    run_.stuck = {.cycle = last_move_.clock - first_clock_,
                  .waveform_time = last_move_.waveform_time,
                  .phase = running.done() ? std::nullopt : std::optional(running.index()),
                  .takes_activations = shown_.activation_ready,
                  .takes_weights = shown_.weight_ready};
  }

  bool take_results(const CoreInputs& inputs, std::int64_t cycle) {
    if (shown_.result == nullptr || !inputs.result_ready) return false;
    if (results_.done()) {
      ++run_.wrong_values;  // a beat that nobody expects
      return false;
    }
    results_.take(shown_.result, cycle, core_.waveform_time(), run_);
    return true;
  }

  bool advance_streams(const CoreInputs& inputs, const CoreOutputs& before) {
    if (inputs.instruction != nullptr && before.instruction_ready) {
      instructions_.next();
      prepare_instruction();
    }
    const bool activation = inputs.activations != nullptr && before.activation_ready;
    const bool weight = inputs.weights != nullptr && before.weight_ready;
    if (activation) activations_.next();
    if (weight) weights_.next();
    return activation || weight;
  }

  bool note_phase_end(std::int64_t cycle) {
    if (shown_.issued) ++phase_.issue_slots;
    if (!shown_.phase_ended) return false;
    phase_.last_cycle = cycle;
    run_.phases.push_back(phase_);
    in_phase_ = false;
    return true;
  }

  Core& core_;
  const Workload& workload_;
  const mapping::Schedule& schedule_;
  const Stalls& stalls_;
  OperandStore store_;
  BeatStream activations_;
  BeatStream weights_;
  ResultCheck results_;
  std::int64_t phases_;
  PhaseWalk instructions_;
  std::int64_t patience_;
  Instruction instruction_;
  CoreOutputs shown_;
  LayerRun run_;
  PhaseRecord phase_;
  bool in_phase_ = false;
  std::int64_t clock_ = 0;        // since reset
  std::int64_t first_clock_ = 0;  // the layer's cycle 0
  struct {
    std::int64_t clock = 0, waveform_time = 0;
  } last_move_;
};

}  // namespace

std::int64_t LayerRun::issue_slots() const {
  std::int64_t slots = 0;
  for (const PhaseRecord& phase : phases) slots += phase.issue_slots;
  return slots;
}

Cycles LayerRun::total() const {
  return phases.empty() ? Cycles()
                        : Cycles(phases.back().last_cycle - phases.front().first_cycle + 1);
}

LayerRun run_layer(Core& core, const Workload& workload, const mapping::Schedule& schedule,
                   const std::vector<std::int64_t>& reference, const Stalls& stalls) {
  refuse_unsupported(workload);
  const mapping::Mapping& m = schedule.mapping;
  ensure(m.activations.rows_per_tile == core.parameters().dm &&
             m.weights.rows_per_tile == core.parameters().dn && m.precision == workload.precision,
         "the schedule is of another array or precision");
  ensure(!workload.codes || core.parameters().coefficient_bits > 0,
         "a core that shifts has no coefficients");
  return Runner(core, workload, schedule, reference, stalls).run();
}

}  // namespace bitloom::verify
