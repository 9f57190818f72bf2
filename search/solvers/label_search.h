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
  bool finished;               // otherwise the time or the labels that it may make ran out
};

/// The best solution of a program by a dynamic program over the sums that its groups can reach,
/// group after group (Nemhauser and Ullmann 1969). A label, which is such a sum with its objective,
/// is dropped where another is as light and as good, and where no solution that goes on from it can
/// be better than the best known (PriceBounds). Groups of large steps come first; where many labels
/// are left, prices are added that bound what some of them leave.
///
/// It looks for solutions just above the bound, in windows that double, so that the bound rises
/// while it works. Before each window it looks below the best known with a few labels a stage, the
/// best by their bounds, which most often finds the optimum and leaves the windows to prove it.
/// Where there are too many labels for the memory it goes on with a part of them at a time, the
/// best first.
///
/// `prices`, each at least 0, are of a unit of each limit: those of the relaxation bound best.
/// `start` fits. It ends where a solution of at most `enough` is found, too, and where it cannot
/// get better by more than 1e-9 of the difference between the start and its bound.
LabelSearch search_labels(const ChoiceProgram& program, const std::vector<double>& prices,
                          const Picks& start, const SolveOptions& options,
                          double enough = -std::numeric_limits<double>::infinity());

}  // namespace bitloom::search
