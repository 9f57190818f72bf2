#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/families/bismo/observer.h"

namespace bitloom::cycle {

/// Records what the stages do, layer behind layer, and writes it down. Takes 24 bytes a change of a
/// stage's state or token.
class Trace final : public Observer {
 public:
  /// What is told from here on is of `name`, whose instructions are `program`'s; its cycle 0 is the
  /// first after the last of the layer before, in which that one's last tile pair is copied.
  void begin_layer(std::string name, const mapping::Program& program);

  void converted(Cycles cycles) override;
  void state(mapping::Stage stage, State state, Cycles from, Cycles to) override;
  void instruction_begins(mapping::Stage stage, std::int64_t index, Cycles at) override;
  void instruction_ends(mapping::Stage stage, std::int64_t index, Cycles at) override;
  void token_sent(mapping::Queue queue, Cycles at) override;
  void token_taken(mapping::Queue queue, Cycles at) override;

  using Sink = std::function<void(std::string_view)>;
  /// A value change dump (IEEE 1364-2005, clause 18) in picoseconds of `clock`: each stage's state,
  /// the number of the instruction that it runs, the tokens in each queue.
  void write_vcd(const Sink& sink, Megahertz clock) const;
  /// A line for each beginning and end of an instruction and each token sent or taken, in order of
  /// time.
  void write_timeline(const Sink& sink) const;

 private:
  enum class Kind : std::uint8_t { kLayer, kConverted, kState, kBegin, kEnd, kSent, kTaken };
  struct Change {
    Cycles at;
    std::int64_t value;  // state or instruction; or where in `begun_` or `layers_`
    Kind kind;
    std::uint8_t of;  // stage or queue
  };

  struct Instruction {
    std::int64_t index;  // in its stage's stream
    std::string text;
  };

  void record(Kind kind, std::uint8_t of, Cycles at, std::int64_t value);
  /// All changes with the last layer's stages at rest, in order of time.
  std::vector<Change> in_order() const;
  std::string timeline_line(const Change& change) const;

  std::vector<Change> changes_;
  std::vector<std::string> layers_;
  std::vector<Instruction> begun_;
  const mapping::Program* program_ = nullptr;
  std::array<State, mapping::kStages> states_{};
  bool results_are_written_ = false;
  Cycles start_;  // of the layer's stages
  Cycles end_;    // of what execute has done so far, and of results that are written back
};

}  // namespace bitloom::cycle
