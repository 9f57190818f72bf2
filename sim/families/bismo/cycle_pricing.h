#pragma once

#include <memory>

#include "sim/engine.h"

/// BISMO's rows of the cycle engine (sim/engines.cpp).
namespace bitloom::cycle {

sim::LayerResult price(const sim::Machine& machine, const sim::Job& job,
                       const sim::EngineOptions& options, const sim::PartDone& part_done);

/// Records the stages and their tokens.
std::unique_ptr<sim::Recording> record(const sim::Machine& machine);

}  // namespace bitloom::cycle
