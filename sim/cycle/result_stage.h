#pragma once

#include "sim/cycle/stage.h"
#include "sim/cycle/token_queue.h"
#include "sim/mapping/stream_stalls.h"

namespace bitloom::cycle {

/// Copies the accumulators of finished tile pairs through the result port, a beat in each cycle in
/// which the stream is open, and frees their bank. The layer does not wait for the last tile pair:
/// only the first cycle of its copy is told and counted.
class ResultStage : public StageModule {
 public:
  struct Links {
    TokenQueue& ready;
    TokenQueue& free;
  };

  /// `beats` of a tile pair.
  ResultStage(const sc_core::sc_module_name& name, const mapping::Program& program, Cycles beats,
              const mapping::StreamStalls& stalls, Links links, Observer* observer);

 private:
  void advance() override;
  bool copy();

  Cycles beats_;
  mapping::StreamStalls stalls_;
  Links links_;
  bool running_ = false;
  std::int64_t left_ = 0;  // tile pairs of this instruction
};

}  // namespace bitloom::cycle
