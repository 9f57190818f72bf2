#pragma once

#include "base/quantity.h"
#include "sim/families/bismo/tokens.h"

namespace bitloom::cycle {

/// BISMO's states of a stage.
enum class State {
  kIdle,     // no instruction left
  kRun,      // executing an instruction
  kSend,     // waiting for room or for a freed bank before a token can be sent
  kReceive,  // waiting for a token
};

/// Sees a simulation as it goes. Of one stage or queue things are told in order; stages run ahead
/// of one another, so between stages they are not.
class Observer {
 public:
  virtual ~Observer() = default;
  /// All that follows comes so much later: the layer's activations are converted before.
  virtual void converted(Cycles /*cycles*/) {}
  /// The stage was in `state` in cycles [from, to).
  virtual void state(mapping::Stage /*stage*/, State /*state*/, Cycles /*from*/, Cycles /*to*/) {}
  /// The stage takes up, and has done, instruction `index`. The execute stage's are the phases.
  virtual void instruction_begins(mapping::Stage /*stage*/, std::int64_t /*index*/, Cycles /*at*/) {
  }
  virtual void instruction_ends(mapping::Stage /*stage*/, std::int64_t /*index*/, Cycles /*at*/) {}
  virtual void token_sent(mapping::Queue /*queue*/, Cycles /*at*/) {}
  virtual void token_taken(mapping::Queue /*queue*/, Cycles /*at*/) {}
};

}  // namespace bitloom::cycle
