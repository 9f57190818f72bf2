#include "sim/families/bismo/cycle/fetch_stage.h"

#include <algorithm>

namespace bitloom::cycle {

FetchStage::FetchStage(const sc_core::sc_module_name& name, mapping::Operand operand,
                       const mapping::Program& program, const hardware::Bismo& hardware,
                       const Clock& clock, const sc_core::sc_time& quantum, Links links,
                       Observer* observer)
    : StageModule(name, mapping::fetch_stage(operand), program, observer),
      operand_(operand),
      issue_(hardware.fetch_issue_cycles),
      by_block_(hardware.fetch_sync == hardware::FetchSync::kBlock),
      clock_(clock),
      quantum_(quantum),
      links_(links) {
  links_.port.connect(*this);
}

void FetchStage::advance() {
  for (;;) {
    links_.port.deliver();
    if (!running_ && !begin()) return;
    if (requested_ < fetch_.tile_words()) {
      if (!request_next()) return;
    } else if (arrived_ < requested_) {
      return;
    } else {
      end_instruction();
      running_ = false;
    }
  }
}

/// Takes up the next instruction once the buffer is free.
bool FetchStage::begin() {
  if (finished()) return false;
  fetch_ = program_.fetch(operand_, instruction_);
  if (fetch_.awaits_buffer) {
    const std::optional<Cycles> freed = links_.buffer_free.front();
    if (!freed) return false;
    spend(State::kReceive, *freed);
    links_.buffer_free.pop(time_);
  }
  begin_instruction();
  links_.buffer.begin(instruction_, fetch_.tile_words() * fetch_.operand.bits);
  counters_.issue += issue_;
  spend(State::kRun, time_ + issue_);
  running_ = true;
  earliest_ = time_;
  address_ = fetch_.address;
  requested_ = arrived_ = beats_ = 0;
  return true;
}

bool FetchStage::request_next() {
  const std::optional<Cycles> room = links_.ready.room(by_block_ ? 0 : requested_ - arrived_);
  if (!room) return false;
  const std::optional<Cycles> port = links_.port.ready();
  if (!port) return false;
  const Cycles at = std::max({earliest_, *room, *port});
  if (clock_.until(at) > quantum_) {
    wake_.notify(clock_.until(at));
    return false;
  }
  TileWordRead read = read_of(requested_++);
  if (*room > std::max(earliest_, *port)) read.held_until = *room;
  read.turn = {fetch_.phase, beats_};
  beats_ += (read.planes * read.plane_beats).count();
  read.next_turn =
      requested_ < fetch_.tile_words() ? Turn{fetch_.phase, beats_} : turn_after_instruction();
  address_ += static_cast<std::uint64_t>(read.bytes);
  links_.port.request(read, at);
  return true;
}

Turn FetchStage::turn_after_instruction() const {
  if (last_instruction()) return kNoTurn;
  return {program_.fetch(operand_, instruction_ + 1).phase, 0};
}

TileWordRead FetchStage::read_of(std::int64_t tile_word) const {
  const mapping::PhaseOperand& operand = fetch_.operand;
  const bool last_tile = tile_word / fetch_.words + 1 == operand.tiles;
  const bool last_word = tile_word % fetch_.words + 1 == fetch_.words;
  const std::int64_t rows = last_tile ? operand.rows_in_last_tile : operand.rows_per_tile;
  const std::int64_t beats = last_word ? operand.beats_of_last_word : operand.beats_per_word;
  const std::int64_t bytes = last_word ? fetch_.bytes_of_last_word : fetch_.word_bytes;
  return {.address = address_,
          .bytes = rows * operand.bits * bytes,
          .planes = static_cast<int>(operand.bits),
          .plane_beats = Cycles(rows * beats),
          .held_until = {},
          .turn = {},
          .next_turn = {}};
}

void FetchStage::arrived(const TileWordRead& read, std::span<const Cycles> planes) {
  const Cycles first_beat = planes.front() + Cycles(1) - read.plane_beats;
  spend(State::kSend, std::min(read.held_until, first_beat));
  spend(State::kRun, planes.back() + Cycles(1));
  counters_.busy += read.planes * read.plane_beats;
  for (const Cycles& plane : planes) links_.buffer.append(plane);
  ++arrived_;
  if (!by_block_)
    links_.ready.push(planes.front());
  else if (arrived_ == fetch_.tile_words())
    links_.ready.push(planes.back());
}

void FetchStage::memory_moved() {
  if (!going()) wake_.notify();
}

}  // namespace bitloom::cycle
