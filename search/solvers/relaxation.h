#pragma once

#include <optional>
#include <vector>

#include "search/solvers/choice_program.h"

namespace bitloom::search {

/// A program with parts of options allowed, solved by GLPK's simplex.
struct Relaxation {
  bool feasible;
  std::vector<double> prices;               // of a unit of each limit, at least 0
  std::vector<std::vector<double>> shares;  // [group][option], each group's sum is 1
};
/// None where the simplex finds no way on.
std::optional<Relaxation> relax(const ChoiceProgram& program);

}  // namespace bitloom::search
