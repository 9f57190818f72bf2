#include "sim/kit/systemc/simulation_scope.h"

#include <systemc>

// libsystemc's own main() calls it. Programs that have a main() of their own need not define it; a
// definition of theirs wins.
[[gnu::weak]] int sc_main(int, char*[]) { return 0; }

namespace bitloom::cycle {

// The process's first context, which SystemC makes when asked for one, is never deleted: static
// objects of the library refer to it.
SimulationScope::SimulationScope()
    : outer_(sc_core::sc_get_curr_simcontext()),
      outer_default_(sc_core::sc_default_global_context),
      own_(std::make_unique<sc_core::sc_simcontext>()) {
  sc_core::sc_curr_simcontext = own_.get();
  sc_core::sc_default_global_context = own_.get();
}

SimulationScope::~SimulationScope() {
  own_.reset();  // while it is still the current one
  sc_core::sc_curr_simcontext = outer_;
  sc_core::sc_default_global_context = outer_default_;
}

}  // namespace bitloom::cycle
