#include "pipelines/policy_search.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/output_file.h"
#include "pipelines/policy_costs.h"
#include "pipelines/run_folder.h"
#include "pipelines/solving.h"
#include "search/policy/as_a_whole.h"
#include "search/policy/methods.h"
#include "search/problem/problem_file.h"

namespace bitloom::pipelines {
namespace {

void require_sense(const PolicySearchOptions& options) {
  const search::Method& method = search::find_method(options.method);
  if (options.minimize && method.name != "hawq-v3" && !method.by_filter)
    throw UserError(
        "--minimize: only hawq-v3 and kernel-wise minimize a cost; choose --method hawq-v3");
  if (options.minimize && options.points)
    throw UserError("--minimize and --pareto: a frontier has the least of both; leave one out");
  if (options.space.budgets.empty() && !options.minimize)
    throw UserError("--budget: give one at least, such as latency=0.6x, or --minimize");
  if (options.points && !options.folder)
    throw UserError("--pareto: the frontier goes into a run's folder; add -o FOLDER");
}

PricedNetwork priced_for(const PolicySearchOptions& options, const Host& host) {
  if (!search::find_method(options.method).by_filter)
    return price(options.space, options.sensitivity, host);
  std::vector<std::size_t> costs;
  if (options.minimize) costs.push_back(options.minimize->cost);
  for (const search::AskedBudget& budget : options.space.budgets)
    if (std::find(costs.begin(), costs.end(), budget.cost) == costs.end())
      costs.push_back(budget.cost);
  return price_by_filter(options.space, options.sensitivity, costs, host);
}

Manifest manifest_of(const PolicySearchOptions& options, const PricedNetwork& priced) {
  const auto& [method, space, sensitivity, minimize, points, folder, seconds] = options;
  Manifest manifest("search");
  manifest.option("method", method);
  manifest.file("sensitivity", sensitivity);
  declare(space, priced, manifest);
  manifest.option("minimize",
                  minimize ? std::optional(std::string(search::cost_kinds()[minimize->cost].name))
                           : std::nullopt);
  manifest.fact("max_omega",
                minimize ? nlohmann::ordered_json(minimize->max_omega) : nlohmann::ordered_json());
  manifest.option("pareto", points);
  manifest.leave_out(folder, seconds);
  return manifest;
}

search::Solution best_policy(const PolicySearchOptions& options,
                             const search::NetworkProblem& network, const search::Query& query,
                             const Host& host) {
  Step step(host, "search");
  const search::SolveOptions solving = telling(options.seconds, step);
  if (options.minimize) {
    const search::Answer answer = search::solve(network, query, solving);
    if (answer.solution) return *answer.solution;
    throw UserError(search::no_solution_text(network, query, answer, solving));
  }
  return search::find_policy(search::find_method(options.method), network, query.limits, solving);
}

std::vector<search::SweepPoint> frontier_of(const PolicySearchOptions& options,
                                            const search::NetworkProblem& network,
                                            const search::Query& query, const Host& host) {
  if (!options.points) return {};
  const search::Method& method = search::find_method(options.method);
  return frontier(
      network.problem.cost_names[query.limits.front().cost], query.limits, *options.points,
      options.seconds, "frontier", host,
      [&](const std::vector<search::Limit>& limits, const search::SolveOptions& solving) {
        return method.solve(network, limits, solving);
      },
      [&](const std::vector<search::Limit>& limits, const auto& each) {
        return method.ends(network, limits, each);
      });
}

search::Query query_of(const PolicySearchOptions& options, const PricedNetwork& priced) {
  search::Query query{.limits = limits(options.space, priced)};
  if (options.minimize) {
    query.minimize_cost = options.minimize->cost;
    query.max_omega = options.minimize->max_omega;
  }
  return query;
}

/// Finds the policy. Where none keeps the first budget and that is swept, the budget gives way to
/// the least that its frontier has; false where it is kept as it was asked.
bool find_within(PolicySearchOptions& options, FoundPolicy& found, const Host& host) {
  reports::PolicySearch& search = found.search;
  try {
    search.solution = best_policy(options, *search.network, search.query, host);
    return false;
  } catch (const UserError& refusal) {
    if (refusal.kind() != UserError::Kind::kInput || !options.points) throw;
    found.frontier = frontier_of(options, *search.network, search.query, host);
    if (found.frontier.empty()) throw;
    search.solution = found.frontier.front().solution;
    search.query.limits.front().value = found.frontier.front().limit;
    const search::AskedBudget kept = search::budget_of(search.query.limits.front());
    if (host.warning)
      host.warning(fmt::format("search: skips {}: {}; the policy is that of {}",
                               search::to_text(options.space.budgets.front()), refusal.what(),
                               search::to_text(kept)));
    options.space.budgets.front() = kept;
    return true;
  }
}

/// What the energy of the policy and of those of the frontier may be.
void add_energies(const EngineChoice& engine, FoundPolicy& found) {
  std::vector<graph::FilterPolicy> policies{
      search::filter_policy_of(found.priced->problem, found.search.solution.choices)};
  for (const auto& [limit, solution] : found.frontier)
    policies.push_back(search::filter_policy_of(found.priced->problem, solution.choices));
  std::vector<std::optional<sim::EnergyRange>> energies;
  for (PolicyCosts& each : policy_costs(engine, *found.priced, policies))
    energies.push_back(std::move(each.energy));
  found.search.energy = std::move(energies.front());
  found.frontier_energies.assign(std::next(energies.begin()), energies.end());
  found.search.energy_at_8_bits = costs_at_reference(engine, *found.priced).energy;
}

/// A run's folder gets the policy, its cost, the report, what it was found by and, where asked for,
/// the frontier.
void write_folder(const RunFolder& folder, const PolicySearchOptions& options,
                  const FoundPolicy& found) {
  const search::NetworkProblem& network = found.priced->problem;
  const graph::FilterPolicy policy =
      search::filter_policy_of(network, found.search.solution.choices);
  search::Problem problem = network.problem;
  problem.budgets = {{"asked", found.search.query.limits}};
  std::vector<std::pair<std::string, std::string>> files{
      {"policy.json", reports::policy_json(network.sensitivity.network, network.layers, policy)},
      {"search.json", reports::policy_search_json(found.search)},
      {"simulation.json", simulation_json(options.space, *found.priced, policy)},
      {"sensitivity.json", search::sensitivity_json(network.sensitivity)},
      {"problem.json", search::problem_json(problem, fmt::format("bitloom search: {} on {}",
                                                                 network.sensitivity.network,
                                                                 found.search.hardware))}};
  if (!found.frontier.empty()) {
    files.emplace_back("frontier.csv", reports::frontier_csv(found.search, found.frontier,
                                                             found.frontier_energies));
    files.emplace_back("frontier.json", reports::frontier_json(found.search, found.frontier,
                                                               found.frontier_energies));
  }
  for (const auto& [name, text] : files) write_file(folder.file(name), text);
}

}  // namespace

FoundPolicy search_policy(const PolicySearchOptions& asked, const Host& host) {
  require_sense(asked);
  PolicySearchOptions options = asked;
  FoundPolicy found;
  found.priced = std::make_unique<const PricedNetwork>(priced_for(options, host));
  const PricedNetwork& priced = *found.priced;
  found.search = {.method = options.method,
                  .hardware = priced.hardware.name(),
                  .engine = options.space.engine.name(),
                  .batch = priced.hardware.batch(),
                  .technology = priced.hardware.energy_technology(),
                  .network = &priced.problem,
                  .costs_at_8_bits = priced.costs_at_8_bits,
                  .reference = priced.reference,
                  .query = query_of(options, priced),
                  .solution = {}};
  const bool has_frontier = find_within(options, found, host);
  std::optional<RunFolder> folder;
  if (options.folder) folder.emplace(*options.folder, manifest_of(options, priced), host);
  if (!has_frontier)
    found.frontier = frontier_of(options, priced.problem, found.search.query, host);
  add_energies(options.space.engine, found);
  if (folder) write_folder(*folder, options, found);
  return found;
}

}  // namespace bitloom::pipelines
