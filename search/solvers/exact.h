#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "search/problem/problem.h"
#include "search/solvers/choice_program.h"
#include "search/solvers/solve_options.h"

namespace bitloom::search {

struct Solution {
  Choices choices;
  double omega;
  std::vector<double> costs;  // by Problem::cost_names
  double bound;               // of what was minimized: no policy that fits is better
  bool proved_optimal;
  double gap = 0;  // relative_gap() to the bound
};

struct Answer {
  std::optional<Solution> solution;
  bool finished;  // without a solution: proved that no policy fits; otherwise it ended early
};

/// The policy of least omega, or of least cost where `query` says so, that keeps every limit.
/// Limits hold exactly (see ChoiceProgram). Optimal is proved by search_labels(). A search that its
/// options end early has the best policy that it found.
Answer solve(const Problem& problem, const Query& query, const SolveOptions& options = {});

/// The least that can be kept; no value: nothing can, or nothing was found before time ran out.
struct LeastKept {
  std::optional<double> value = {};
  bool proved = true;
};

/// What could be asked of one limit of a query that no policy keeps.
struct NearestLimit {
  std::string name;  // of the cost, or `omega`
  double asked;
  double least;              // without the other limits
  LeastKept least_together;  // with the others held
  bool proved = true;        // that of `least`; false: it is at most so much
};
std::vector<NearestLimit> nearest_limits(const Problem& problem, const Query& query,
                                         const SolveOptions& options = {});
/// The same of another solver's answers to queries.
std::vector<NearestLimit> nearest_limits(const Problem& problem, const Query& query,
                                         const std::function<Answer(const Query&)>& solver);

/// Why a search has no answer that did not finish.
inline constexpr const char* kEndedEarly =
    "the search ended before a policy within the limits was found; give it more time";

/// One line: `no policy keeps ms 3 and mj 16: the least ms is 2, or 5 within the other limits;
/// ...`. Where limits cannot be kept even alone, it is of these: `no policy keeps ms 1: the least
/// ms is 2`.
std::string infeasible_text(const std::vector<NearestLimit>& nearest);

/// Why `answer` to `query` has no solution: kEndedEarly, or infeasible_text().
std::string no_solution_text(const Problem& problem, const Query& query, const Answer& answer,
                             const SolveOptions& options = {});

}  // namespace bitloom::search
