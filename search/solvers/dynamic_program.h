#pragma once

#include <cstddef>
#include <optional>

#include "search/solvers/exact.h"

namespace bitloom::search {

/// The policy of least omega under one limit by a dynamic program over the sums that can be
/// reached (Nemhauser and Ullmann 1969), without GLPK: to check solve() with. None where more than
/// `most_states` sums, each with the least omega that it needs, would have to be kept.
std::optional<Answer> solve_by_dynamic_program(const Problem& problem, const Limit& limit,
                                               std::size_t most_states = 1 << 22);

}  // namespace bitloom::search
