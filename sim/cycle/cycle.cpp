#include "sim/cycle/cycle.h"

#include "base/error.h"
#include "sim/cycle/accelerator.h"
#include "sim/cycle/memory.h"
#include "sim/cycle/simulation_scope.h"

namespace bitloom::cycle {

namespace {

/// The layer lasts until cycle `written`, too; the stages have nothing to do meanwhile.
void wait_until(Cycles written, Result& result) {
  if (written <= result.timing.total) return;
  const Cycles more = written - result.timing.total;
  result.timing.total += more;
  result.timing.result_stall += more;
  for (StageCounters& stage : result.counters.stages) stage.idle += more;
}

}  // namespace

Result run(const mapping::Schedule& schedule, const hardware::Bismo& hardware,
           const RunOptions& options) {
  return run(mapping::ScheduleProgram(schedule, hardware), hardware, options);
}

Result run(const mapping::Program& program, const hardware::Bismo& hardware,
           const RunOptions& options) {
  const SimulationScope scope;
  const sc_core::sc_time period = sc_core::sc_get_time_resolution();  // 2^64 cycles fit
  Accelerator accelerator("bismo", hardware, program,
                          {.period = period,
                           .outstanding_reads = options.outstanding_reads,
                           .depths = options.depths,
                           .observer = options.observer,
                           .stream_stalls = options.stream_stalls,
                           .quantum = sc_core::sc_max_time()});
  Memory memory("memory", Clock(period), hardware, program, options.stall_seed);
  for (const auto operand : {mapping::Operand::kActivations, mapping::Operand::kWeights})
    accelerator.socket(operand).bind(memory.socket(operand));
  sc_core::sc_start();
  accelerator.require_finished();
  Result result{accelerator.timing(), accelerator.counters(), accelerator.wakes(), {}};
  ensure(result.timing.compute + result.counters.activation_wait + result.counters.weight_wait +
                 result.counters.drain + result.counters.result_wait +
                 result.counters.of(mapping::Stage::kExecute).issue +
                 result.counters.of(mapping::Stage::kExecute).idle ==
             result.timing.total,
         "the execute stage's cycles add up");
  wait_until(memory.finish(), result);
  result.dram = memory.dram_actions();
  return result;
}

}  // namespace bitloom::cycle
