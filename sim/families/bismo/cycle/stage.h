#pragma once

#include <systemc>

#include "sim/families/bismo/counters.h"
#include "sim/families/bismo/observer.h"

namespace bitloom::cycle {

/// What the stages share: a process, a local time which may be ahead of SystemC's, and counters. A
/// stage that waits for a token goes on within the call that sends it; SystemC's kernel wakes it
/// only when time has to pass or memory has answered.
class StageModule : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(StageModule);
  StageModule(const sc_core::sc_module_name& name, mapping::Stage stage,
              const mapping::Program& program, Observer* observer)
      : sc_module(name),
        program_(program),
        stage_(stage),
        instructions_(program.count(stage)),
        observer_(observer) {
    SC_METHOD(woken);
    sensitive << wake_;
  }

  /// Goes as far as tokens and memory's answers allow; nothing if it is at that already.
  void go_on() {
    if (going_) return;
    going_ = true;
    advance();
    going_ = false;
  }
  /// How often SystemC's kernel has run the process, its start included.
  std::int64_t wakes() const { return wakes_; }
  bool finished() const { return instruction_ == instructions_; }
  /// The instruction that it executes or waits for.
  std::int64_t instruction() const { return instruction_; }
  /// When it will have finished all that it has begun.
  Cycles local_time() const { return time_; }
  const StageCounters& counters() const { return counters_; }

 protected:
  virtual void advance() = 0;
  bool going() const { return going_; }
  bool last_instruction() const { return instruction_ + 1 == instructions_; }

  /// Is in `state` until `to`, if that is ahead.
  void spend(State state, Cycles to) {
    if (to <= time_) return;
    counters_.add(state, to - time_);
    if (observer_) observer_->state(stage_, state, time_, to);
    time_ = to;
  }
  void begin_instruction() {
    if (observer_) observer_->instruction_begins(stage_, instruction_, time_);
  }
  void end_instruction() {
    if (observer_) observer_->instruction_ends(stage_, instruction_, time_);
    ++instruction_;
  }

  const mapping::Program& program_;
  sc_core::sc_event wake_;
  StageCounters counters_;
  std::int64_t instruction_ = 0;
  Cycles time_;

 private:
  void woken() {
    ++wakes_;
    go_on();
  }

  mapping::Stage stage_;
  std::int64_t instructions_;
  Observer* observer_;
  bool going_ = false;
  std::int64_t wakes_ = 0;
};

}  // namespace bitloom::cycle
