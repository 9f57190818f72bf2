#include "sim/cycle/result_stage.h"

namespace bitloom::cycle {
namespace {

constexpr Cycles kOne(1);

}  // namespace

ResultStage::ResultStage(const sc_core::sc_module_name& name, const mapping::Program& program,
                         Cycles beats, const mapping::StreamStalls& stalls, Links links,
                         Observer* observer)
    : StageModule(name, mapping::Stage::kResult, program, observer),
      beats_(beats),
      stalls_(stalls),
      links_(links) {
  time_ = kOne;  // it works a cycle behind the execute stage
}

void ResultStage::advance() {
  for (;;) {
    if (!running_) {
      if (finished()) return;
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
  spend(State::kSend, *room);
  links_.ready.pop(time_);
  const bool last = left_ == 1 && last_instruction();
  const Cycles end = stalls_.after(mapping::Stream::kResults, time_, beats_);
  if (last) {
    counters_.busy += Cycles(stalls_.open(mapping::Stream::kResults, time_.count()) ? 1 : 0);
    spend(State::kRun, time_ + kOne);
  } else {
    counters_.busy += beats_;
    spend(State::kRun, end);
  }
  links_.free.push(last ? time_ : end);
  --left_;
  return true;
}

}  // namespace bitloom::cycle
