#pragma once

#include <functional>

#include "sim/families/bitfusion/counters.h"
#include "sim/families/bitfusion/cycle/token_queue.h"
#include "sim/families/bitfusion/tile_program.h"

namespace bitloom::cycle::bitfusion {

/// Computes tile after tile, without a gap where all that a tile takes is there. What a step reads
/// and writes is done with `skew` cycles after the step, when it has passed the last fusion unit.
class SystolicArray : public Stage {
 public:
  template <class Value>
  using PerBuffer = mapping::bitfusion::PerBuffer<Value>;
  struct Links {
    PerBuffer<TokenQueue*> tile_ready;  // of outputs: room for it, with its sums
    PerBuffer<TokenQueue*> block_free;  // of weights and activations
    TokenQueue& outputs_done;
  };
  SystolicArray(const sc_core::sc_module_name& name, const mapping::bitfusion::TileProgram& program,
                Cycles skew, const Links& links, std::function<void(std::int64_t)> tiles_done);

  bool finished() const { return finished_; }
  /// When it has begun its last step, and the cycle after.
  Cycles local_time() const { return time_; }
  const ArrayCounters& counters() const { return counters_; }

 private:
  void advance() override;
  bool take_tokens();
  void compute();

  mapping::bitfusion::ArrayWalk walk_;
  Cycles skew_;
  Links links_;
  std::function<void(std::int64_t)> tiles_done_;
  mapping::bitfusion::ArrayWalk::Tile tile_;
  PerBuffer<bool> waits_{};      // for the buffer's token
  PerBuffer<Cycles> arrived_{};  // of those of this tile
  bool finished_ = false;
  std::int64_t tiles_ = 0;
  Cycles time_;
  ArrayCounters counters_;
};

}  // namespace bitloom::cycle::bitfusion
