#include "reports/text/solutions.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/cost_names.h"
#include "base/error.h"
#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

/// By the problem's costs, in the units that suit the greatest of each.
std::vector<ShownCost> shown_costs(const search::Problem& problem,
                                   const std::vector<NamedSolution>& solutions) {
  std::vector<ShownCost> shown;
  for (std::size_t k = 0; k < problem.cost_names.size(); ++k) {
    double most = 0;
    for (const NamedSolution& each : solutions) most = std::max(most, each.solution.costs[k]);
    shown.push_back(shown_cost(problem.cost_names[k], most));
  }
  return shown;
}

/// Of a budget's first cost, which is what a frontier sweeps.
std::string limit_text(const search::Problem& problem, const std::string& name, double limit) {
  const auto budget = std::find_if(problem.budgets.begin(), problem.budgets.end(),
                                   [&](const search::Budget& each) { return each.name == name; });
  ensure(budget != problem.budgets.end(), "a solution is of a budget of its problem");
  const std::string& cost = problem.cost_names[budget->limits.front().cost];
  return shown_cost(cost, limit).text(limit, 6);
}

}  // namespace

std::string solutions_text(const search::Problem& problem,
                           const std::vector<NamedSolution>& solutions,
                           const std::vector<UnsolvedBudget>& unsolved, std::size_t max_width) {
  std::vector<Column> columns{{"budget", Align::kLeft}, {"omega"}, {"bound"}, {"proved"}};
  const std::vector<ShownCost> shown = shown_costs(problem, solutions);
  for (const ShownCost& cost : shown) columns.push_back({cost.heading()});
  TextTable table(columns);
  std::string policies;
  for (const auto& [budget, solution, limit] : solutions) {
    const std::string name = limit ? budget + " at " + limit_text(problem, budget, *limit) : budget;
    std::vector<std::string> row{
        name, fmt::format("{:.6g}", solution.omega), fmt::format("{:.6g}", solution.bound),
        solution.proved_optimal ? "yes" : fmt::format("no, gap {:.2g} %", 100 * solution.gap)};
    for (std::size_t k = 0; k < shown.size(); ++k)
      row.push_back(shown[k].cell(solution.costs[k], 6));
    table.add_row(row);
    std::string labels;
    for (std::size_t i = 0; i < solution.choices.size(); ++i)
      labels += problem.layers[i].choices[solution.choices[i]].label + " ";
    policies += "\n" + name + "\n" + wrapped(labels, max_width, "  ");
  }
  std::string reasons;
  for (const auto& [budget, reason] : unsolved)
    reasons += "\n" + wrapped(fmt::format("budget '{}': {}", budget, reason), max_width, "");
  return table.text(max_width) + reasons + "\nchoices of the " +
         std::to_string(problem.layers.size()) + " layers in order:\n" + policies;
}

}  // namespace bitloom::reports
