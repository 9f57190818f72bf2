#pragma once

#include <memory>

namespace sc_core {
class sc_simcontext;
}

namespace bitloom::cycle {

/// A SystemC simulation of its own, from construction to destruction: modules made meanwhile belong
/// to it, time starts at 0. Any number one after the other in a process, one inside another too;
/// never two at once in threads, because SystemC's context is global. Make it before the modules,
/// so that it goes after them.
class SimulationScope {
 public:
  SimulationScope();
  ~SimulationScope();
  SimulationScope(const SimulationScope&) = delete;
  SimulationScope& operator=(const SimulationScope&) = delete;

 private:
  sc_core::sc_simcontext* outer_;
  sc_core::sc_simcontext* outer_default_;
  std::unique_ptr<sc_core::sc_simcontext> own_;
};

}  // namespace bitloom::cycle
