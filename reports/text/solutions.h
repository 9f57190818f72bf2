#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reports/solutions.h"

namespace bitloom::reports {

/// A row a budget, why the others have none, and the labels that each layer gets.
std::string solutions_text(const search::Problem& problem,
                           const std::vector<NamedSolution>& solutions,
                           const std::vector<UnsolvedBudget>& unsolved, std::size_t max_width);

}  // namespace bitloom::reports
