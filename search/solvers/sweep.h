#pragma once

#include <functional>
#include <vector>

#include "search/solvers/exact.h"

namespace bitloom::search {

/// Answers a search within limits.
using Solver = std::function<Answer(const std::vector<Limit>&, const SolveOptions&)>;

struct SweepPoint {
  double limit;
  Solution solution;
};

/// Solves for `points` (at least 2) values of the first limit, in equal steps from the least that
/// any policy keeps to the cost of the policy of least omega, the other limits held: points of the
/// frontier of that cost and omega, ascending, each policy once. `progress(done)` hears of each.
/// Each of these searches, and those for the two ends, has options of its own from `each`.
std::vector<SweepPoint> sweep(
    const Problem& problem, std::vector<Limit> limits, std::size_t points, const Solver& solver,
    const std::function<void(std::size_t)>& progress = {},
    const std::function<SolveOptions()>& each = [] { return SolveOptions{}; });

}  // namespace bitloom::search
