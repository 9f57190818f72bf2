#include "sim/families/shift/cycle.h"

#include "base/error.h"
#include "sim/families/shift/cycle/shift_array.h"
#include "sim/kit/systemc/simulation_scope.h"

namespace bitloom::cycle::shift {

Result run(const mapping::shift::Mapping& mapping, const hardware::Shift& hardware,
           const RunOptions& options) {
  const SimulationScope scope;
  const Clock clock(sc_core::sc_get_time_resolution());  // 2^64 cycles fit
  TransferPort activations("activations", clock, 0, options.stall_seed);
  TransferPort weights("weights", clock, 1, options.stall_seed);
  TransferPort results("results", clock, 2, options.stall_seed);
  const ShiftArray array("array", clock, mapping, hardware, {activations, weights, results},
                         options.tiles_done);
  sc_core::sc_start();
  ensure(array.finished(), "every tile is computed");
  ensure(Cycles(array.spent().total()) == results.end(), "the array's cycles add up");
  return {.spent = array.spent(),
          .tiles = array.tiles(),
          .shift_adds = array.shift_adds(),
          .activation_beats = activations.beats(),
          .weight_beats = weights.beats(),
          .result_beats = results.beats()};
}

}  // namespace bitloom::cycle::shift
