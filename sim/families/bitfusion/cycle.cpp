#include "sim/families/bitfusion/cycle.h"

#include "base/error.h"
#include "sim/families/bitfusion/cycle/loader.h"
#include "sim/families/bitfusion/cycle/memory.h"
#include "sim/families/bitfusion/cycle/systolic_array.h"
#include "sim/families/bitfusion/cycle/writeback.h"
#include "sim/kit/systemc/simulation_scope.h"

namespace bitloom::cycle::bitfusion {
namespace {

using mapping::bitfusion::Buffer;
using mapping::bitfusion::TileProgram;

/// The machine, connected; it runs one program from time 0 on.
class Machine : public sc_core::sc_module {
 public:
  Machine(const sc_core::sc_module_name& name, const Clock& clock, const TileProgram& program,
          const hardware::BitFusion& hw, const RunOptions& options)
      : sc_module(name),
        weights_free_(program.room(Buffer::kWeights)),
        activations_free_(program.room(Buffer::kActivations)),
        outputs_free_(program.room(Buffer::kOutputs)),
        memory_("memory", clock, Cycles(hw.memory_latency_cycles), options.stall_seed),
        port_("port", clock),
        weights_("weights", Stream::kWeights, Buffer::kWeights, program, hw.port_bits,
                 {port_, weights_free_, weights_ready_}),
        activations_("activations", Stream::kActivations, Buffer::kActivations, program,
                     hw.port_bits, {port_, activations_free_, activations_ready_}),
        sums_("sums", Stream::kSums, Buffer::kOutputs, program, hw.port_bits,
              {port_, outputs_free_, sums_ready_}),
        array_("array", program, Cycles(hw.passage_cycles()),
               {.tile_ready = {&weights_ready_, &activations_ready_, &sums_ready_},
                .block_free = {&weights_free_, &activations_free_, nullptr},
                .outputs_done = outputs_done_},
               options.tiles_done),
        writeback_("writeback", program, hw.port_bits, {port_, outputs_done_, outputs_free_}) {
    port_.socket.bind(memory_.socket);
  }

  bool finished() const {
    return weights_.finished() && activations_.finished() && sums_.finished() &&
           array_.finished() && writeback_.finished();
  }
  Cycles end() const { return writeback_.end(); }
  Counters counters(std::int64_t tiles) const {
    return {.array = array_.counters(),
            .tail = end() - array_.local_time(),
            .port_busy = port_.busy(),
            .weights = port_.bits(Stream::kWeights),
            .activations = port_.bits(Stream::kActivations),
            .sums = port_.bits(Stream::kSums),
            .results = port_.bits(Stream::kResults),
            .tiles = tiles,
            .wakes = port_.wakes()};
  }

 private:
  TokenQueue weights_free_, activations_free_, outputs_free_;
  TokenQueue weights_ready_, activations_ready_, sums_ready_, outputs_done_;
  Memory memory_;
  DramPort port_;
  Loader weights_, activations_, sums_;
  SystolicArray array_;
  Writeback writeback_;
};

}  // namespace

Result run(const TileProgram& program, const hardware::BitFusion& hw, const RunOptions& options) {
  const SimulationScope scope;
  const Clock clock(sc_core::sc_get_time_resolution());  // 2^64 cycles fit
  const Machine machine("bitfusion", clock, program, hw, options);
  sc_core::sc_start();
  ensure(machine.finished(), "every tile is computed and written back");
  const Counters counters = machine.counters(program.tiles());
  const Cycles total = machine.end();
  Cycles accounted = counters.array.busy + counters.array.first_wait + counters.tail;
  for (const Cycles wait : counters.array.waits) accounted += wait;
  ensure(accounted == total, "the array's cycles add up");
  return {.timing = {.total = total,
                     .conversion = {},
                     .compute = counters.array.busy,
                     .fetch_stall = total - counters.array.busy,
                     .result_stall = {}},
          .counters = counters};
}

}  // namespace bitloom::cycle::bitfusion
