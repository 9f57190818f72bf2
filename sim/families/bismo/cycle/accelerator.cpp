#include "sim/families/bismo/cycle/accelerator.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::cycle {
namespace {

using mapping::Operand;
using mapping::Queue;
using mapping::Stage;

/// The depths to simulate with, once the program is known to run with them.
mapping::QueueDepths checked_depths(const hardware::Bismo& hardware,
                                    const mapping::Program& program,
                                    const AcceleratorOptions& options) {
  const mapping::QueueDepths depths =
      options.depths.value_or(mapping::QueueDepths::of_hardware(hardware));
  ensure(options.period > sc_core::SC_ZERO_TIME, "a clock cycle takes time");
  ensure(options.outstanding_reads >= 1, "a port has at least one read under way");
  if (const auto fault = mapping::find_token_fault(program, hardware, depths))
    throw UserError(fault->text);
  return depths;
}

template <std::size_t... I>
std::array<TokenQueue, sizeof...(I)> make_queues(const mapping::QueueDepths& depths,
                                                 Observer* observer, std::index_sequence<I...>) {
  return {TokenQueue(static_cast<Queue>(I), depths.tokens[I], observer)...};
}

}  // namespace

AcceleratorOptions AcceleratorOptions::of_hardware(const hardware::Bismo& hardware) {
  constexpr double kNanosecondsPerMicrosecond = 1e3;
  AcceleratorOptions options;
  options.period =
      sc_core::sc_time(kNanosecondsPerMicrosecond / hardware.clock_mhz, sc_core::SC_NS);
  return options;
}

Accelerator::Accelerator(const sc_core::sc_module_name& name, const hardware::Bismo& hw,
                         const mapping::Program& program, const AcceleratorOptions& options)
    : sc_module(name),
      queues_(make_queues(checked_depths(hw, program, options), options.observer,
                          std::make_index_sequence<mapping::kQueues>())),
      activation_buffer_("activation_buffer", hw.block_words(hw.activation_buffer_words)),
      weight_buffer_("weight_buffer", hw.block_words(hw.weight_buffer_words)),
      activation_port_("activation_port", Clock(options.period), options.outstanding_reads,
                       {mapping::Stream::kActivations, options.stream_stalls}),
      weight_port_("weight_port", Clock(options.period), options.outstanding_reads,
                   {mapping::Stream::kWeights, options.stream_stalls}),
      fetch_activations_("fetch_activations", Operand::kActivations, program, hw,
                         Clock(options.period), options.quantum,
                         {activation_port_, activation_buffer_, queue(Queue::kActivationsReady),
                          queue(Queue::kActivationBufferFree)},
                         options.observer),
      fetch_weights_("fetch_weights", Operand::kWeights, program, hw, Clock(options.period),
                     options.quantum,
                     {weight_port_, weight_buffer_, queue(Queue::kWeightsReady),
                      queue(Queue::kWeightBufferFree)},
                     options.observer),
      execute_("execute", program, hw, execute_links(), options.observer),
      result_("result", program, hw, options.stream_stalls,
              {queue(Queue::kResultReady), queue(Queue::kResultFree)}, options.observer) {
  ensure(!options.stream_stalls.stalls_instructions(), "only data streams stall in this engine");
  connect_queues();
}

ExecuteStage::Links Accelerator::execute_links() {
  return {.ready = {&queue(Queue::kActivationsReady), &queue(Queue::kWeightsReady)},
          .buffers = {&activation_buffer_, &weight_buffer_},
          .buffer_free = {&queue(Queue::kActivationBufferFree), &queue(Queue::kWeightBufferFree)},
          .result_ready = queue(Queue::kResultReady),
          .result_free = queue(Queue::kResultFree)};
}

void Accelerator::connect_queues() {
  for (int i = 0; i < mapping::kQueues; ++i) {
    const auto name = static_cast<Queue>(i);
    queue(name).connect(stage(mapping::producer(name)), stage(mapping::consumer(name)));
  }
  for (int i = 0; i < mapping::kResultBanks; ++i) queue(Queue::kResultFree).push(Cycles(0));
}

StageModule& Accelerator::stage(Stage stage) {
  switch (stage) {
    case Stage::kFetchActivations:
      return fetch_activations_;
    case Stage::kFetchWeights:
      return fetch_weights_;
    case Stage::kExecute:
      return execute_;
    case Stage::kResult:
      return result_;
  }
  throw InternalError("a stage without a module");
}

const StageModule& Accelerator::stage(Stage stage) const {
  return const_cast<Accelerator*>(this)->stage(stage);
}

bool Accelerator::finished() const {
  for (int i = 0; i < mapping::kStages; ++i)
    if (!stage(static_cast<Stage>(i)).finished()) return false;
  return true;
}

void Accelerator::require_finished() const {
  for (const ReadPort* port : {&activation_port_, &weight_port_})
    if (!port->failure().empty()) throw UserError(port->failure());
  for (int i = 0; i < mapping::kStages; ++i) {
    const auto at = static_cast<Stage>(i);
    if (!stage(at).finished())
      throw UserError(
          fmt::format("{}: {} stops at instruction {}: memory has not answered its reads, or "
                      "SystemC has not run on",
                      name(), mapping::to_text(at), stage(at).instruction()));
  }
}

cost::Timing Accelerator::timing() const {
  const StageCounters& execute = execute_.counters();
  const Cycles executed = execute_.local_time();
  const Cycles total = std::max(executed, result_.written());
  return {.total = total,
          .conversion = {},
          .compute = execute.busy,
          .fetch_stall = executed - execute.busy - execute.send,
          .result_stall = execute.send + (total - executed)};
}

Counters Accelerator::counters() const {
  Counters counters{.stages = {},
                    .activation_wait = execute_.wait_for(Operand::kActivations),
                    .weight_wait = execute_.wait_for(Operand::kWeights),
                    .result_wait = execute_.counters().send,
                    .drain = execute_.drain(),
                    .conversion = {}};
  for (int i = 0; i < mapping::kStages; ++i) {
    StageCounters& of = counters.stages[static_cast<std::size_t>(i)];
    of = stage(static_cast<Stage>(i)).counters();
    of.idle = timing().total - of.total();
  }
  return counters;
}

std::int64_t Accelerator::wakes() const {
  std::int64_t wakes = 0;
  for (int i = 0; i < mapping::kStages; ++i) wakes += stage(static_cast<Stage>(i)).wakes();
  return wakes;
}

}  // namespace bitloom::cycle
