#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/network_search.h"
#include "cli/output.h"
#include "reports/text/solutions.h"
#include "search/problem/problem_file.h"
#include "search/solvers/sweep.h"

namespace bitloom::cli {
namespace {

struct SearchOptions {
  std::optional<std::string> problem;
  NetworkSearchOptions network;
  std::optional<std::string> json;
  std::optional<std::string> seconds;
};

std::optional<double> parse_seconds(const SearchOptions& options) {
  if (!options.seconds) return std::nullopt;
  constexpr std::int64_t kWeek = 7 * 24 * 3600;
  return static_cast<double>(parse_integer("--time-limit", *options.seconds, 1, kWeek));
}

/// What a budget's first limit may come to, in so many steps.
std::vector<reports::NamedSolution> frontier_of(const search::Problem& problem,
                                                const search::Budget& budget, std::size_t points,
                                                std::optional<double> seconds) {
  Progress progress("frontier of " + budget.name);
  std::vector<reports::NamedSolution> named;
  const auto frontier = search::sweep(
      problem, budget.limits, points,
      [&](const std::vector<search::Limit>& limits) {
        return search::solve(problem, {.limits = limits}, search::ending_in(seconds));
      },
      [&](std::size_t done) {
        progress.update(static_cast<double>(done), static_cast<std::int64_t>(points));
      },
      seconds);
  for (const search::SweepPoint& point : frontier)
    named.push_back({budget.name, point.solution, point.limit});
  return named;
}

/// Solves each budget of a file, and sweeps it where that is asked for.
void solve_problem(const SearchOptions& options) {
  require_different_files({{"--json", options.json}}, {{"--problem", options.problem}});
  const std::optional<double> seconds = parse_seconds(options);
  const std::optional<std::size_t> points = parse_points(options.network.points);
  const search::Problem problem = search::read_problem(*options.problem);
  Destination json(options.json);
  std::vector<reports::NamedSolution> solutions;
  for (const search::Budget& budget : problem.budgets) {
    const search::Query query{.limits = budget.limits};
    {
      Progress progress("search");
      const search::SolveOptions solving = telling(seconds, progress);
      const search::Answer answer = search::solve(problem, query, solving);
      if (!answer.solution)
        throw UserError(fmt::format("{}: budget '{}': {}", *options.problem, budget.name,
                                    search::no_solution_text(problem, query, answer, solving)));
      solutions.push_back({budget.name, *answer.solution});
    }
    if (!points || budget.limits.empty()) continue;
    const auto frontier = frontier_of(problem, budget, *points, seconds);
    solutions.insert(solutions.end(), frontier.begin(), frontier.end());
  }
  if (json.wanted()) json.write(reports::solutions_json(problem, solutions));
  if (!json.is_standard_output())
    print(reports::solutions_text(problem, solutions, output_width()));
  json.finish();
}

}  // namespace

void add_search(CLI::App& program) {
  auto options = std::make_shared<SearchOptions>();
  CLI::App* command = program.add_subcommand(
      "search", "the bits of each layer that lose least within budgets, proved optimal");
  command
      ->add_option("--problem", options->problem,
                   "solve the budgets of this file instead of a network's")
      ->type_name("FILE");
  options->network.add_to(*command);
  command->add_option("--json", options->json, "write the result as JSON; - is standard output")
      ->type_name("FILE");
  command
      ->add_option("--time-limit", options->seconds,
                   "seconds for each budget, then the best so far with its bound (none)")
      ->type_name("N");
  command->callback([options, command] {
    if (options->problem) {
      require_no_network(*command);
      return solve_problem(*options);
    }
    search_network(options->network, *command, options->json, parse_seconds(*options));
  });
}

}  // namespace bitloom::cli
