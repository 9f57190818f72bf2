#pragma once

#include <cstddef>
#include <string>

#include "reports/comparison.h"

namespace bitloom::reports {

/// A comparison of the machines of `compare --sweep`: a table of each given policy with a row a
/// machine.
std::string machine_sweep_text(const Comparison& comparison, std::size_t max_width);

}  // namespace bitloom::reports
