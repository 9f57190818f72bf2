#pragma once

#include <systemc>

#include "sim/cycle/counters.h"
#include "sim/cycle/observer.h"

namespace bitloom::cycle {

/// What the stages share: a process that is woken by one event, a local time which may be ahead of
/// SystemC's, and counters.
class StageModule : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(StageModule);
  StageModule(const sc_core::sc_module_name& name, mapping::Stage stage, Observer* observer)
      : sc_module(name), stage_(stage), observer_(observer) {
    SC_METHOD(advance);
    sensitive << wake_;
  }

  sc_core::sc_event& wake() { return wake_; }
  bool finished() const { return finished_; }
  /// The instruction that it executes or waits for.
  std::int64_t instruction() const { return instruction_; }
  /// When it will have finished all that it has begun.
  Cycles local_time() const { return time_; }
  const StageCounters& counters() const { return counters_; }

 protected:
  /// Goes as far as tokens and memory's answers allow.
  virtual void advance() = 0;

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

  sc_core::sc_event wake_;
  StageCounters counters_;
  bool finished_ = false;
  std::int64_t instruction_ = 0;
  Cycles time_;

 private:
  mapping::Stage stage_;
  Observer* observer_;
};

}  // namespace bitloom::cycle
