#include "search/problem/problem.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/error.h"

namespace bitloom::search {

double omega_of(const Problem& problem, const Choices& choices) {
  double omega = 0;
  for (std::size_t i = 0; i < choices.size(); ++i)
    omega += problem.layers[i].choices[choices[i]].omega;
  return omega;
}

double cost_of(const Problem& problem, const Choices& choices, std::size_t cost) {
  double sum = 0;
  for (std::size_t i = 0; i < choices.size(); ++i)
    sum += problem.layers[i].choices[choices[i]].costs[cost];
  return sum;
}

std::vector<double> costs_of(const Problem& problem, const Choices& choices) {
  std::vector<double> costs;
  for (std::size_t cost = 0; cost < problem.cost_names.size(); ++cost)
    costs.push_back(cost_of(problem, choices, cost));
  return costs;
}

std::vector<std::vector<std::size_t>> groups_of(const Problem& problem) {
  std::vector<std::size_t> group(problem.layers.size());
  std::iota(group.begin(), group.end(), std::size_t{0});
  for (const auto& tie : problem.ties)
    for (const std::size_t layer : tie) {
      const auto [to, from] = std::minmax(group[tie.front()], group[layer]);
      std::replace(group.begin(), group.end(), std::size_t{from}, std::size_t{to});
    }
  std::map<std::size_t, std::vector<std::size_t>> members;
  for (std::size_t layer = 0; layer < group.size(); ++layer) members[group[layer]].push_back(layer);
  std::vector<std::vector<std::size_t>> groups;
  for (auto& [first, layers] : members) groups.push_back(std::move(layers));
  return groups;
}

std::vector<std::size_t> allowed_in(const Problem& problem, const std::vector<std::size_t>& group) {
  std::vector<std::size_t> allowed;
  for (std::size_t choice = 0; choice < problem.layers[group.front()].choices.size(); ++choice)
    if (std::all_of(group.begin(), group.end(), [&](std::size_t layer) {
          return problem.layers[layer].choices[choice].allowed;
        }))
      allowed.push_back(choice);
  return allowed;
}

std::size_t cost_index(const Problem& problem, const std::string& name) {
  const auto& names = problem.cost_names;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw unknown_name("cost", name, names);
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace bitloom::search
