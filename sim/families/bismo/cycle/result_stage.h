#pragma once

#include "sim/families/bismo/cycle/stage.h"
#include "sim/families/bismo/cycle/token_queue.h"
#include "sim/families/bismo/description.h"
#include "sim/families/bismo/stream_stalls.h"

namespace bitloom::cycle {

/// Copies the accumulators of finished tile pairs through the result port, a beat in each cycle in
/// which the stream is open, and frees their bank. Where results are written back, only those that
/// the layer has travel, and it ends when the last have left; else whole tile pairs do, and the
/// layer does not wait for the last one: only the first cycle of its copy is told and counted.
class ResultStage : public StageModule {
 public:
  struct Links {
    TokenQueue& ready;
    TokenQueue& free;
  };

  ResultStage(const sc_core::sc_module_name& name, const mapping::Program& program,
              const hardware::Bismo& hardware, const mapping::StreamStalls& stalls, Links links,
              Observer* observer);

  /// When the last results that are written back have left; 0 if none are.
  Cycles written() const { return written_; }

 private:
  void advance() override;
  bool copy();
  Cycles beats() const;

  hardware::Bismo hardware_;
  mapping::StreamStalls stalls_;
  Links links_;
  bool running_ = false;
  mapping::ResultInstruction result_{};
  mapping::ExecuteInstruction computed_{};  // where results are written back
  std::int64_t copied_ = 0;                 // tile pairs of this instruction
  Cycles written_;
};

}  // namespace bitloom::cycle
