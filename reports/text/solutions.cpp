#include "reports/text/solutions.h"

#include <fmt/format.h>

#include "base/scaled_units.h"
#include "reports/text/text_table.h"

namespace bitloom::reports {

std::string solutions_text(const search::Problem& problem,
                           const std::vector<NamedSolution>& solutions,
                           const std::vector<UnsolvedBudget>& unsolved, std::size_t max_width) {
  std::vector<Column> columns{{"budget", Align::kLeft}, {"omega"}, {"bound"}, {"proved"}};
  for (const std::string& name : problem.cost_names) columns.push_back({name});
  TextTable table(columns);
  std::string policies;
  for (const auto& [budget, solution, limit] : solutions) {
    const std::string name = limit ? budget + " at " + plain_text(*limit, 6) : budget;
    std::vector<std::string> row{
        name, fmt::format("{:.6g}", solution.omega), fmt::format("{:.6g}", solution.bound),
        solution.proved_optimal ? "yes" : fmt::format("no, gap {:.2g} %", 100 * solution.gap)};
    for (const double cost : solution.costs) row.push_back(plain_text(cost, 6));
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
