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

/// A budget that no policy was found for, and why.
struct UnsolvedBudget {
  std::string budget;
  std::string reason;
};

/// `{"solutions": [{"budget", "choices": [index per layer], "omega", "cost": {}, "bound",
/// "proved_optimal"}]}`; what is not proved has its "gap", a frontier's points have their "limit"
/// beside them. Where there are some, `"unsolved": [{"budget", "reason"}]` follows.
std::string solutions_json(const search::Problem& problem,
                           const std::vector<NamedSolution>& solutions,
                           const std::vector<UnsolvedBudget>& unsolved);

}  // namespace bitloom::reports
