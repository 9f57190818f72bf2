#include "reports/solutions.h"

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace bitloom::reports {

std::string solutions_json(const search::Problem& problem,
                           const std::vector<NamedSolution>& solutions,
                           const std::vector<UnsolvedBudget>& unsolved) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const auto& [budget, solution, limit] : solutions) {
    Json cost = Json::object();
    for (std::size_t k = 0; k < problem.cost_names.size(); ++k)
      cost[problem.cost_names[k]] = solution.costs[k];
    list.push_back({{"budget", budget},
                    {"choices", solution.choices},
                    {"omega", solution.omega},
                    {"cost", cost},
                    {"bound", solution.bound},
                    {"proved_optimal", solution.proved_optimal}});
    if (!solution.proved_optimal) list.back()["gap"] = solution.gap;
    if (limit) list.back()["limit"] = *limit;
  }
  Json json{{"solutions", list}};
  for (const auto& [budget, reason] : unsolved)
    json["unsolved"].push_back({{"budget", budget}, {"reason", reason}});
  return bitloom::json_text(json, 2) + "\n";
}

}  // namespace bitloom::reports
