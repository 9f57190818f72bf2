#pragma once

#include <optional>
#include <string>
#include <vector>

#include "search/solvers/exact.h"

namespace bitloom::reports {

/// A solved budget of a problem.
struct NamedSolution {
  std::string budget;
  search::Solution solution;
  std::optional<double> limit = {};  // of a frontier's point: what the budget's first limit was
};

/// `{"solutions": [{"budget", "choices": [index per layer], "omega", "cost": {}, "bound",
/// "proved_optimal"}]}`; a frontier's points have their "limit" beside them.
std::string solutions_json(const search::Problem& problem,
                           const std::vector<NamedSolution>& solutions);

}  // namespace bitloom::reports
