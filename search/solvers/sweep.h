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

struct Sweep {
  std::vector<SweepPoint> points;
  std::vector<double> unanswered;  // limits at which no policy was found
  bool has_ends = true;            // false: the search for one of the two ends found none
};

/// Solves for `points` (at least 2) values of the first limit, in equal steps from the least that
/// any policy keeps to the cost of the policy of least omega, the other limits held: points of the
/// frontier of that cost and omega, ascending, each policy once. A limit is unanswered where the
/// solver ended early or looks at none of the policies that keep it. `progress(done)` hears of
/// each. Each of these searches, and those for the two ends, has options of its own from `each`.
Sweep sweep(
    const Problem& problem, std::vector<Limit> limits, std::size_t points, const Solver& solver,
    const std::function<void(std::size_t)>& progress = {},
    const std::function<SolveOptions()>& each = [] { return SolveOptions{}; });

}  // namespace bitloom::search
