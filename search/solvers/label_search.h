#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "search/solvers/choice_program.h"
#include "search/solvers/solve_options.h"

namespace bitloom::search {

struct LabelSearch {
  std::optional<Picks> picks;  // the best found; fits exactly
  double bound;                // no solution is better
  bool finished;               // otherwise time ran out
};

/// The best solution of a program by a dynamic program over the sums that its groups can reach,
/// group after group (Nemhauser and Ullmann 1969). A label, which is such a sum with its objective,
/// is dropped where another is as light and as good, and where no solution that goes on from it can
/// be better than the best known (Lagrange: what weights cost at given prices bounds the rest).
///
/// It looks first for solutions just above the bound, then in windows that double, so that the
/// bound rises while it works and few labels are kept in the end. Where there are too many for the
/// memory it goes on with a part of them at a time, the best first.
///
/// `prices`, each at least 0, are of a unit of each limit: those of the relaxation bound best.
/// `start` fits. It ends where a solution of at most `enough` is found, too, and where it cannot
/// get better by more than 1e-9 of the difference between the start and its bound.
LabelSearch search_labels(const ChoiceProgram& program, const std::vector<double>& prices,
                          const Picks& start, const SolveOptions& options,
                          double enough = -std::numeric_limits<double>::infinity());

/// The bound that prices give: no solution is better, up to rounding, which is taken off.
double lagrange_bound(const ChoiceProgram& program, const std::vector<double>& prices);

}  // namespace bitloom::search
