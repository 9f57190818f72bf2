#include "sim/families/bismo/cycle.h"

#include <algorithm>

#include "base/error.h"
#include "sim/families/bismo/cycle/accelerator.h"
#include "sim/families/bismo/cycle/memory.h"
#include "sim/kit/systemc/simulation_scope.h"

namespace bitloom::cycle {

namespace {

/// The layer lasts so much longer, in which the stages have nothing to do.
void add_idle(Cycles more, Cycles& of_what, Result& result) {
  result.timing.total += more;
  of_what += more;
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
  const Cycles conversion = memory.convert();
  if (options.observer) options.observer->converted(conversion);
  sc_core::sc_start();
  accelerator.require_finished();
  Result result{accelerator.timing(), accelerator.counters(), accelerator.wakes(), {}};
  ensure(result.timing.compute + result.counters.activation_wait + result.counters.weight_wait +
                 result.counters.drain + result.counters.result_wait +
                 result.counters.of(mapping::Stage::kExecute).issue +
                 result.counters.of(mapping::Stage::kExecute).idle ==
             result.timing.total,
         "the execute stage's cycles add up");
  result.counters.conversion = conversion;
  add_idle(conversion, result.timing.conversion, result);
  const Cycles written = std::max(memory.finish(), result.timing.total);
  add_idle(written - result.timing.total, result.timing.result_stall, result);
  result.dram = memory.dram_actions();
  return result;
}

}  // namespace bitloom::cycle
