#include "sim/families/bismo/trace.h"

#include <algorithm>

#include <fmt/format.h>

namespace bitloom::cycle {
namespace {

using mapping::Queue;
using mapping::Stage;

std::uint8_t number(Stage stage) { return static_cast<std::uint8_t>(stage); }
std::uint8_t number(Queue queue) { return static_cast<std::uint8_t>(queue); }

std::string describe(const mapping::FetchInstruction& fetch) {
  return fmt::format("{} tiles x {} words x {} bits from {:#x}", fetch.operand.tiles, fetch.words,
                     fetch.operand.bits, fetch.address);
}

std::string describe(const mapping::ExecuteInstruction& execute) {
  const mapping::Phase& phase = execute.shape;
  return fmt::format(
      "{} x {} tiles, {} words, {} x {} bits, {} outer{}", phase.activations.tiles,
      phase.weights.tiles, phase.words, phase.activations.bits, phase.weights.bits,
      execute.outer == mapping::OuterOperand::kActivations ? "activations" : "weights",
      execute.accumulates ? ", onto the sums before" : "");
}

std::string describe(const mapping::Program& program, Stage stage, std::int64_t index) {
  switch (stage) {
    case Stage::kFetchActivations:
      return describe(program.fetch(mapping::Operand::kActivations, index));
    case Stage::kFetchWeights:
      return describe(program.fetch(mapping::Operand::kWeights, index));
    case Stage::kExecute:
      return describe(program.execute(index));
    case Stage::kResult:
      return fmt::format("{} tile pairs", program.result(index).tile_pairs);
  }
  return "";
}

std::string identifier(std::string_view text) {
  std::string name(text);
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

constexpr double kPicosecondsPerMicrosecond = 1e6;

/// Identifier codes: stages' states a.., their instructions A.., queues 0.., the layer %.
void write_vcd_header(const Trace::Sink& sink, const std::vector<std::string>& layers,
                      Megahertz clock) {
  sink(fmt::format("$comment states: 0 idle, 1 run, 2 send, 3 receive; a cycle is {:.6g} ps $end\n",
                   kPicosecondsPerMicrosecond / clock.count()));
  for (std::size_t i = 0; i < layers.size(); ++i)
    sink(fmt::format("$comment layer {} is {} $end\n", i, layers[i]));
  sink("$timescale 1 ps $end\n$scope module bismo $end\n$var integer 32 % layer $end\n");
  for (int i = 0; i < mapping::kStages; ++i)
    sink(
        fmt::format("$scope module {} $end\n$var wire 2 {} state [1:0] $end\n"
                    "$var integer 64 {} instruction $end\n$upscope $end\n",
                    identifier(mapping::to_text(static_cast<Stage>(i))), static_cast<char>('a' + i),
                    static_cast<char>('A' + i)));
  sink("$scope module tokens $end\n");
  for (int i = 0; i < mapping::kQueues; ++i)
    sink(fmt::format("$var integer 32 {} {} $end\n", i,
                     identifier(mapping::to_text(static_cast<Queue>(i)))));
  sink("$upscope $end\n$upscope $end\n$enddefinitions $end\n");
  sink("$dumpvars\nb0 %\n");
  for (int i = 0; i < mapping::kStages; ++i)
    sink(fmt::format("b0 {}\nb0 {}\n", static_cast<char>('a' + i), static_cast<char>('A' + i)));
  for (int i = 0; i < mapping::kQueues; ++i) sink(fmt::format("b0 {}\n", i));
  sink("$end\n");
}

}  // namespace

void Trace::begin_layer(std::string name, const mapping::Program& program) {
  start_ = end_;
  program_ = &program;
  states_.fill(State::kIdle);
  results_are_written_ = program.count(Stage::kResult) > 0 && program.result(0).written_bits > 0;
  record(Kind::kLayer, 0, start_, static_cast<std::int64_t>(layers_.size()));
  layers_.push_back(std::move(name));
}

void Trace::converted(Cycles cycles) {
  if (cycles == Cycles(0)) return;
  start_ += cycles;
  end_ = start_;
  record(Kind::kConverted, 0, start_, 0);
}

void Trace::record(Kind kind, std::uint8_t of, Cycles at, std::int64_t value) {
  changes_.push_back({at, value, kind, of});
}

void Trace::state(Stage stage, State state, Cycles from, Cycles to) {
  const auto i = number(stage);
  if (states_[i] != state) record(Kind::kState, i, start_ + from, static_cast<std::int64_t>(state));
  states_[i] = state;
  if (stage == Stage::kExecute || (stage == Stage::kResult && results_are_written_))
    end_ = std::max(end_, start_ + to);
}

void Trace::instruction_begins(Stage stage, std::int64_t index, Cycles at) {
  record(Kind::kBegin, number(stage), start_ + at, static_cast<std::int64_t>(begun_.size()));
  begun_.push_back({index, describe(*program_, stage, index)});
}

void Trace::instruction_ends(Stage stage, std::int64_t index, Cycles at) {
  record(Kind::kEnd, number(stage), start_ + at, index);
  const auto idle = static_cast<std::int64_t>(State::kIdle);
  if (index + 1 == program_->count(stage)) record(Kind::kState, number(stage), start_ + at, idle);
}

void Trace::token_sent(Queue queue, Cycles at) {
  // The bank that is free at the start of a layer is the one that the layer before frees at its
  // end.
  if (queue == Queue::kResultFree && at == Cycles(0) && layers_.size() > 1) return;
  record(Kind::kSent, number(queue), start_ + at, 0);
}

void Trace::token_taken(Queue queue, Cycles at) {
  record(Kind::kTaken, number(queue), start_ + at, 0);
}

std::vector<Trace::Change> Trace::in_order() const {
  std::vector<Change> changes = changes_;
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.at < b.at; });
  return changes;
}

std::string Trace::timeline_line(const Change& change) const {
  const auto value = static_cast<std::size_t>(change.value);
  const auto stage = mapping::to_text(static_cast<Stage>(change.of));
  const auto queue = static_cast<Queue>(change.of);
  switch (change.kind) {
    case Kind::kLayer:
      return fmt::format("layer '{}'", layers_[value]);
    case Kind::kConverted:
      return "activations are bit-planes now";
    case Kind::kBegin:
      return fmt::format("{:<18} begins instruction {}: {}", stage, begun_[value].index,
                         begun_[value].text);
    case Kind::kEnd:
      return fmt::format("{:<18} ends instruction {}", stage, value);
    case Kind::kSent:
      return fmt::format("{:<18} sends '{}'", mapping::to_text(mapping::producer(queue)),
                         mapping::to_text(queue));
    case Kind::kTaken:
      return fmt::format("{:<18} takes '{}'", mapping::to_text(mapping::consumer(queue)),
                         mapping::to_text(queue));
    case Kind::kState:
      return "";
  }
  return "";
}

void Trace::write_timeline(const Sink& sink) const {
  for (const Change& change : in_order()) {
    if (change.kind == Kind::kState) continue;
    sink(fmt::format("{:>12}  {}\n", change.at.count(), timeline_line(change)));
  }
}

void Trace::write_vcd(const Sink& sink, Megahertz clock) const {
  write_vcd_header(sink, layers_, clock);
  std::array<std::int64_t, mapping::kQueues> tokens{};
  std::array<std::int64_t, 128> written{};  // by identifier code
  const std::vector<Change> changes = in_order();
  for (std::size_t i = 0; i < changes.size();) {
    const Cycles now = changes[i].at;
    std::array<std::int64_t, 128> values = written;
    for (; i < changes.size() && changes[i].at == now; ++i) {
      const Change& change = changes[i];
      switch (change.kind) {
        case Kind::kLayer:
          values['%'] = change.value;
          break;
        case Kind::kState:
          values['a' + change.of] = change.value;
          break;
        case Kind::kBegin:
          values['A' + change.of] = begun_[static_cast<std::size_t>(change.value)].index;
          break;
        case Kind::kConverted:
        case Kind::kEnd:
          break;
        case Kind::kSent:
          values['0' + change.of] = ++tokens[change.of];
          break;
        case Kind::kTaken:
          values['0' + change.of] = --tokens[change.of];
          break;
      }
    }
    if (values == written) continue;
    sink(fmt::format("#{:.0f}\n", static_cast<double>(now.count()) * kPicosecondsPerMicrosecond /
                                      clock.count()));
    for (std::size_t code = 0; code < values.size(); ++code)
      if (values[code] != written[code])
        sink(fmt::format("b{:b} {}\n", values[code], static_cast<char>(code)));
    written = values;
  }
}

}  // namespace bitloom::cycle
