#include "sim/cycle/result_stage.h"

namespace bitloom::cycle {
namespace {

constexpr Cycles kCopy(1);  // accumulators are read at full width

}  // namespace

ResultStage::ResultStage(const sc_core::sc_module_name& name, const mapping::Program& program,
                         Links links, Observer* observer)
    : StageModule(name, mapping::Stage::kResult, observer), program_(program), links_(links) {
  time_ = kCopy;  // it works a cycle behind the execute stage
}

void ResultStage::advance() {
  for (;;) {
    if (!running_) {
      finished_ = instruction_ == program_.count(mapping::Stage::kResult);
      if (finished_) return;
      left_ = program_.result(instruction_).tile_pairs;
      begin_instruction();
      running_ = true;
    }
    while (left_ > 0)
      if (!copy()) return;
    end_instruction();
    running_ = false;
  }
}

bool ResultStage::copy() {
  const std::optional<Cycles> ready = links_.ready.front();
  if (!ready) return false;
  const std::optional<Cycles> room = links_.free.room();
  if (!room) return false;
  spend(State::kReceive, *ready);
  spend(State::kSend, *room - kCopy);
  links_.ready.pop(time_);
  spend(State::kRun, time_ + kCopy);
  counters_.busy += kCopy;
  links_.free.push(time_);
  --left_;
  return true;
}

}  // namespace bitloom::cycle
