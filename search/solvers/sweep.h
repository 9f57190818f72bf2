#pragma once

#include <functional>
#include <vector>

#include "search/solvers/exact.h"

namespace bitloom::search {

/// Answers a search within limits.
using Solver = std::function<Answer(const std::vector<Limit>&, const SolveOptions&)>;

/// Of a cost: the least that policies can keep, and that of their best one.
struct CostEnds {
  double least, of_best;
};
struct EndsAnswer {
  std::optional<CostEnds> ends;
  bool finished;  // without ends: proved that no policy keeps the limits; otherwise it ended early
};
/// Finds the ends of the first limit's cost, whatever its value, with the other limits held. Each
/// search has options of its own.
using FindEnds =
    std::function<EndsAnswer(const std::vector<Limit>&, const std::function<SolveOptions()>&)>;
/// The policies whose layers have the omegas that those of `choices` have.
Problem only_as_good(Problem problem, const Choices& choices);
/// Those of all policies of a problem. Of layers' choices that are as good as the best policy's,
/// the cheaper ones count: a dear choice that lowers no omega does not stretch the range.
EndsAnswer ends_of_all(const Problem& problem, const std::vector<Limit>& limits,
                       const std::function<SolveOptions()>& each);

struct SweepPoint {
  double limit;
  Solution solution;
};

struct Sweep {
  std::vector<SweepPoint> points;
  std::vector<double> unanswered;  // limits at which the solver found no policy
  bool has_ends = true;            // false: the search for one of the two ends found none
  bool finished = true;            // false: it ended early
};

/// Solves for up to `points` (at least 2) values of the first limit, the other limits held: points
/// of the frontier of that cost and omega, ascending, each policy once. The first two are the ends;
/// each further one halves the gap between two policies that differ most (next_limit()), so that
/// few lie where little happens. Limits that give the policy of another do not count among them; of
/// those there are as many at most.
/// The ends are of the policies that the solver looks at, one of which keeps each limit then: a
/// limit is unanswered only where the solver ended early. `progress(done)` hears of each. Each of
/// these searches, and those for the two ends, has options of its own from `each`.
Sweep sweep(
    std::vector<Limit> limits, std::size_t points, const Solver& solver, const FindEnds& find_ends,
    const std::function<void(std::size_t)>& progress = {},
    const std::function<SolveOptions()>& each = [] { return SolveOptions{}; });

}  // namespace bitloom::search
