#include "sim/families/bismo/cycle/result_stage.h"

namespace bitloom::cycle {
namespace {

constexpr Cycles kOne(1);

}  // namespace

ResultStage::ResultStage(const sc_core::sc_module_name& name, const mapping::Program& program,
                         const hardware::Bismo& hardware, const mapping::StreamStalls& stalls,
                         Links links, Observer* observer)
    : StageModule(name, mapping::Stage::kResult, program, observer),
      hardware_(hardware),
      stalls_(stalls),
      links_(links) {
  if (hardware.write_back == hardware::WriteBack::kNone)
    time_ = kOne;  // it works a cycle behind the execute stage
}

void ResultStage::advance() {
  for (;;) {
    if (!running_) {
      if (finished()) return;
      result_ = program_.result(instruction_);
      if (result_.written_bits > 0) computed_ = program_.execute(result_.phase);
      copied_ = 0;
      begin_instruction();
      running_ = true;
    }
    while (copied_ < result_.tile_pairs)
      if (!copy()) return;
    end_instruction();
    running_ = false;
  }
}

/// Of the next tile pair, in the order in which execute ends them.
Cycles ResultStage::beats() const {
  if (result_.written_bits == 0) return Cycles(hardware_.result_beats());
  const mapping::PhaseOperand& pixels = computed_.shape.activations;
  const mapping::PhaseOperand& channels = computed_.shape.weights;
  const bool pixels_outer = computed_.outer == mapping::OuterOperand::kActivations;
  const std::int64_t inner_tiles = pixels_outer ? channels.tiles : pixels.tiles;
  const std::int64_t outer = copied_ / inner_tiles, inner = copied_ % inner_tiles;
  const auto rows = [](const mapping::PhaseOperand& operand, std::int64_t tile) {
    return tile + 1 < operand.tiles ? operand.rows_per_tile : operand.rows_in_last_tile;
  };
  return Cycles(hardware_.result_beats(
      rows(pixels, pixels_outer ? outer : inner) * rows(channels, pixels_outer ? inner : outer),
      result_.written_bits));
}

bool ResultStage::copy() {
  const std::optional<Cycles> ready = links_.ready.front();
  if (!ready) return false;
  const std::optional<Cycles> room = links_.free.room();
  if (!room) return false;
  spend(State::kReceive, *ready);
  spend(State::kSend, *room);
  links_.ready.pop(time_);
  const Cycles issue = copied_ == 0 ? Cycles(hardware_.result_issue_cycles) : Cycles();
  const Cycles count = beats();
  const Cycles end = stalls_.after(mapping::Stream::kResults, time_ + issue, count);
  const bool awaited = result_.written_bits > 0;
  const bool cut_short = !awaited && copied_ + 1 == result_.tile_pairs && last_instruction();
  if (cut_short) {
    const bool beat = issue == Cycles() && stalls_.open(mapping::Stream::kResults, time_.count());
    (beat ? counters_.busy : counters_.issue) += Cycles(beat || issue > Cycles() ? 1 : 0);
    spend(State::kRun, time_ + kOne);
  } else {
    counters_.issue += issue;
    counters_.busy += count;
    spend(State::kRun, end);
  }
  if (awaited) written_ = end;
  links_.free.push(cut_short ? time_ : end);
  ++copied_;
  return true;
}

}  // namespace bitloom::cycle
