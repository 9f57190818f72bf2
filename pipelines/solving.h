#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipelines/host.h"
#include "search/solvers/sweep.h"

/// What searches by sensitivities share: exact solving that tells how far it is.
namespace bitloom::pipelines {

/// Solves as search::ending_in() says and tells `step` of the best policy, its bound and the gap
/// between them.
search::SolveOptions telling(std::optional<double> seconds, Step& step);

/// search::sweep() of `cost`, which the first limit is of, as a step of that name. A warning tells
/// of points without a policy.
std::vector<search::SweepPoint> frontier(const std::string& cost,
                                         const std::vector<search::Limit>& limits,
                                         std::size_t points, std::optional<double> seconds,
                                         const std::string& name, const Host& host,
                                         const search::Solver& solver,
                                         const search::FindEnds& find_ends);

}  // namespace bitloom::pipelines
