#pragma once

#include <cstddef>
#include <string>

#include "reports/results/exploration.h"

namespace bitloom::reports {

/// The front as a table, below what was evaluated and refused. What all points of the front have in
/// common is said once. Where the table would be wider than `max_width` knobs are named by letters;
/// where that is too wide they stand in one column, in several lines.
std::string exploration_text(const Exploration& result, std::size_t max_width);

}  // namespace bitloom::reports
