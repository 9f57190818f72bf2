#include "sim/families/bismo/cycle/execute_stage.h"

#include <algorithm>

namespace bitloom::cycle {

ExecuteStage::ExecuteStage(const sc_core::sc_module_name& name, const mapping::Program& program,
                           const hardware::Bismo& hardware, Links links, Observer* observer)
    : StageModule(name, mapping::Stage::kExecute, program, observer),
      pipeline_(hardware.pipeline_cycles),
      issue_(hardware.execute_issue_cycles),
      by_block_(hardware.fetch_sync == hardware::FetchSync::kBlock),
      links_(links) {
  for (std::size_t i = 0; i < sides_.size(); ++i)
    sides_[i] = {.ready = links.ready[i],
                 .buffer = links.buffers[i],
                 .buffer_free = links.buffer_free[i],
                 .wait = {}};
}

void ExecuteStage::advance() {
  while (step()) {
  }
}

/// Nothing is changed by a step that answers no: it waits for a token or for room, and is tried
/// again.
bool ExecuteStage::step() {
  switch (doing_) {
    case Doing::kBegin:
      return begin();
    case Doing::kAwaitBlocks:
      return await_blocks();
    case Doing::kIssue:
      return issue();
    case Doing::kRetire:
      return retire();
    case Doing::kRelease:
      return release();
  }
  return false;
}

bool ExecuteStage::begin() {
  if (finished()) return false;
  execute_ = program_.execute(instruction_);
  const mapping::PhaseOperand* shapes[] = {&execute_.shape.activations, &execute_.shape.weights};
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    sides_[i].tiles = shapes[i]->tiles;
    sides_[i].bits = shapes[i]->bits;
    sides_[i].taken = 0;
    sides_[i].arrivals = &sides_[i].buffer->arrivals(instruction_);
  }
  const bool activations_outer = execute_.outer == mapping::OuterOperand::kActivations;
  outer_ = &sides_[activations_outer ? 0 : 1];
  inner_ = &sides_[activations_outer ? 1 : 0];
  outer_tile_ = inner_tile_ = word_ = 0;
  begin_instruction();
  if (by_block_)
    doing_ = Doing::kAwaitBlocks;
  else
    start();
  return true;
}

/// Takes the tokens of both blocks.
bool ExecuteStage::await_blocks() {
  const std::optional<Cycles> first = sides_[0].ready->front();
  const std::optional<Cycles> second = sides_[1].ready->front();
  if (!first || !second) return false;
  const Cycles both = std::max(*first, *second);
  if (both > time_) sides_[*first == both ? 0 : 1].wait += both - time_;
  spend(State::kReceive, both);
  for (Side& side : sides_) {
    side.ready->pop(time_);
    side.taken = side.tiles * execute_.shape.words;
  }
  start();
  return true;
}

void ExecuteStage::start() {
  counters_.issue += issue_;
  spend(State::kRun, time_ + issue_);
  doing_ = Doing::kIssue;
}

/// Has the tile-word been announced? Takes tokens up to it.
bool ExecuteStage::take(Side& side, std::int64_t tile_word) {
  while (side.taken <= tile_word) {
    const std::optional<Cycles> sent = side.ready->front();
    if (!sent) return false;
    side.ready->pop(std::max(time_, *sent));
    ++side.taken;
  }
  return true;
}

/// One step: all bit pairs of one word of one tile pair.
bool ExecuteStage::issue() {
  const std::int64_t words = execute_.shape.words;
  const std::int64_t outer_word = outer_tile_ * words + word_;
  const std::int64_t inner_word = inner_tile_ * words + word_;
  if (!take(*outer_, outer_word) || !take(*inner_, inner_word)) return false;
  const Cycles all_planes = std::max(outer_->arrival((outer_word + 1) * outer_->bits - 1),
                                     inner_->arrival((inner_word + 1) * inner_->bits - 1));
  if (all_planes <= time_)
    spend(State::kRun, time_ + Cycles(outer_->bits * inner_->bits));
  else
    issue_as_planes_arrive(outer_word, inner_word);
  counters_.busy += Cycles(outer_->bits * inner_->bits);
  if (++word_ == words) {
    word_ = 0;
    if (execute_.completes)
      doing_ = Doing::kRetire;
    else
      next_tile_pair();
  }
  return true;
}

void ExecuteStage::issue_as_planes_arrive(std::int64_t outer_word, std::int64_t inner_word) {
  for (std::int64_t i = 0; i < inner_->bits; ++i) {
    const Cycles inner_plane = inner_->arrival(inner_word * inner_->bits + i);
    for (std::int64_t j = 0; j < outer_->bits; ++j) {
      const Cycles outer_plane = outer_->arrival(outer_word * outer_->bits + j);
      const Cycles both = std::max(inner_plane, outer_plane);
      if (both > time_) {
        (outer_plane == both ? outer_ : inner_)->wait += both - time_;
        spend(State::kReceive, both);
      }
      spend(State::kRun, time_ + Cycles(1));
    }
  }
}

/// Hands the finished tile pair to the result stage when it leaves the pipeline; issue is held back
/// until a bank is free then.
bool ExecuteStage::retire() {
  const std::optional<Cycles> bank = links_.result_free.front();
  if (!bank) return false;
  const std::optional<Cycles> room = links_.result_ready.room();
  if (!room) return false;
  const Cycles at = std::max({time_ + pipeline_, *bank, *room});
  spend(State::kSend, at - pipeline_);
  links_.result_free.pop(at);
  links_.result_ready.push(at);
  next_tile_pair();
  return true;
}

void ExecuteStage::next_tile_pair() {
  doing_ = Doing::kIssue;
  if (++inner_tile_ < inner_->tiles) return;
  inner_tile_ = 0;
  if (++outer_tile_ < outer_->tiles) return;
  doing_ = Doing::kRelease;
}

/// Ends the phase: the pipeline drains, then the buffers are free.
bool ExecuteStage::release() {
  Cycles room;
  if (execute_.frees_buffers) {
    const std::optional<Cycles> first = sides_[0].buffer_free->room();
    const std::optional<Cycles> second = sides_[1].buffer_free->room();
    if (!first || !second) return false;
    room = std::max(*first, *second);
  }
  drain_ += pipeline_;
  spend(State::kRun, time_ + pipeline_);
  spend(State::kSend, room);
  if (execute_.frees_buffers)
    for (Side& side : sides_) side.buffer_free->push(time_);
  end_instruction();
  doing_ = Doing::kBegin;
  return true;
}

}  // namespace bitloom::cycle
