#pragma once

#include <string>

#include "reports/results/run.h"

namespace bitloom::reports {

/// `latency 0.8646 ms`
std::string amount(const std::string& cost, double value);

/// What the policy of a run costs, in a sentence: parts of its limits and of 8/8, and what its
/// energy may be.
std::string cost_line(const Run& run);

}  // namespace bitloom::reports
