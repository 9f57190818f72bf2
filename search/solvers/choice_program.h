#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "search/problem/problem.h"

namespace bitloom::search {

/// What is minimized, and what must hold.
struct Query {
  std::optional<std::size_t> minimize_cost = {};  // otherwise omega
  std::vector<Limit> limits = {};
  std::optional<double> max_omega = {};
};

/// A query as a multiple-choice knapsack whose limits are exact: each limited sum is counted in
/// whole units of a power of ten, the finest at which the largest sum of options that keep the
/// limit on their own has at most 15 digits, so that figures of up to 15 digits add without
/// rounding. Weights are above the least of their group, and so are the limits above the sum of the
/// least.
struct ChoiceProgram {
  struct Option {
    std::size_t choice;  // index into the choices of each layer of the group
    double objective;
    std::vector<std::int64_t> weights;  // by limit
  };
  struct Group {
    std::vector<std::size_t> layers;
    std::vector<Option> options;
  };
  std::vector<Group> groups;
  std::vector<std::int64_t> limits;  // negative: no policy fits
};

ChoiceProgram make_program(const Problem& problem, const Query& query);

/// Indices of an option for each group.
using Picks = std::vector<std::size_t>;

double objective_of(const ChoiceProgram& program, const Picks& picks);
std::int64_t weight_of(const ChoiceProgram& program, const Picks& picks, std::size_t limit);
bool fits(const ChoiceProgram& program, const Picks& picks);
Choices choices_of(const ChoiceProgram& program, const Picks& picks);
/// The picks that choices_of() makes `choices` of; each is an option of the program.
Picks picks_of(const ChoiceProgram& program, const Choices& choices);

/// Each option's objective with its weights paid for at `prices`, by limit.
std::vector<double> priced(const ChoiceProgram::Group& group, const std::vector<double>& prices);

/// Takes options away that no best solution needs: too heavy for a limit on their own, or no better
/// in any respect than another of their group. Of equals the first stays.
void remove_dominated(ChoiceProgram& program);

}  // namespace bitloom::search
