#pragma once

#include "sim/cycle/stage.h"
#include "sim/cycle/token_queue.h"

namespace bitloom::cycle {

/// Copies the accumulators of finished tile pairs in one cycle each, and frees their bank.
class ResultStage : public StageModule {
 public:
  struct Links {
    TokenQueue& ready;
    TokenQueue& free;
  };

  ResultStage(const sc_core::sc_module_name& name, const mapping::Program& program, Links links,
              Observer* observer);

 private:
  void advance() override;
  bool copy();

  const mapping::Program& program_;
  Links links_;
  bool running_ = false;
  std::int64_t left_ = 0;  // tile pairs of this instruction
};

}  // namespace bitloom::cycle
