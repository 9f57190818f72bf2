#include "reports/solutions.h"

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace bitloom::reports {

std::string solutions_json(const search::Problem& problem,
                           const std::vector<NamedSolution>& solutions) {
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
    if (limit) list.back()["limit"] = *limit;
  }
  return bitloom::json_text(Json{{"solutions", list}}, 2) + "\n";
}

}  // namespace bitloom::reports
