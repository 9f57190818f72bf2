#pragma once

#include "search/problem/network_problem.h"
#include "sim/simulator.h"

namespace bitloom::search {

/// Sets `network.whole` where what a layer costs on `hardware` depends on the bits of those that it
/// reads and is read by (sim::Neighbors). It prices each layer at all bits that these may have.
void price_as_a_whole(NetworkProblem& network, const hardware::Hardware& hardware,
                      std::int64_t batch, const sim::EngineOptions& engine,
                      const sim::Execution& execution);

}  // namespace bitloom::search
