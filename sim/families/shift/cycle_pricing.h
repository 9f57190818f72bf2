#pragma once

#include "sim/engine.h"

namespace bitloom::cycle::shift {

/// The row of shift hardware of the cycle engine (sim/engines.cpp).
sim::LayerResult price(const sim::Machine& machine, const sim::Job& job,
                       const sim::EngineOptions& options, const sim::PartDone& part_done);

}  // namespace bitloom::cycle::shift
