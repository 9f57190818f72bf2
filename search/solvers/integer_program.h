#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "search/solvers/choice_program.h"

/// GLPK's simplex and branch and bound on a ChoiceProgram.
namespace bitloom::search {

/// Until when the solver may work and who hears of it.
struct SolveOptions {
  using Clock = std::chrono::steady_clock;
  std::optional<Clock::time_point> deadline = {};
  /// Hears now and then how far objective and bound still are apart, of the objective.
  std::function<void(double gap)> progress = {};
};
/// Work that ends so many seconds from now; without a number, when it is done.
SolveOptions ending_in(std::optional<double> seconds);

/// The program with parts of options allowed.
struct Relaxation {
  bool feasible;
  std::vector<double> prices;               // of a unit of each limit, at least 0
  std::vector<std::vector<double>> shares;  // [group][option], each group's sum is 1
};
Relaxation relax(const ChoiceProgram& program);

struct BranchAndBound {
  std::optional<Picks> picks;  // the best found; fits exactly
  double bound;                // no solution is better
  bool finished;               // otherwise time ran out
};
/// `prices` as relax() gives them, or any others of at least 0: the better they are, the finer
/// solutions are told apart. `start` is a solution that fits, or none.
BranchAndBound branch_and_bound(const ChoiceProgram& program, const std::vector<double>& prices,
                                const std::optional<Picks>& start, const SolveOptions& options);

}  // namespace bitloom::search
