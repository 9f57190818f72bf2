#pragma once

#include <cstddef>
#include <string>

#include "reports/simulation.h"

namespace bitloom::reports {

/// A table a person reads, at most `max_width` wide where layer names allow.
std::string simulation_text(const Simulation& simulation, std::size_t max_width);

}  // namespace bitloom::reports
