#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/network_search.h"
#include "cli/output.h"
#include "reports/solutions.h"
#include "search/core/problem_file.h"

namespace bitloom::cli {
namespace {

struct SearchOptions {
  std::optional<std::string> problem;
  NetworkSearchOptions network;
  std::optional<std::string> json;
  std::optional<std::string> seconds;
};

search::SolveOptions solve_options(const SearchOptions& options) {
  if (!options.seconds) return {};
  constexpr std::int64_t kWeek = 7 * 24 * 3600;
  return {.seconds =
              static_cast<double>(parse_integer("--time-limit", *options.seconds, 1, kWeek))};
}

/// Solves each budget of a file.
void solve_problem(const SearchOptions& options) {
  require_different_files({{"--json", options.json}}, {{"--problem", options.problem}});
  const search::Problem problem = search::read_problem(*options.problem);
  Destination json(options.json);
  std::vector<reports::NamedSolution> solutions;
  {
    Progress progress("search");
    const search::SolveOptions solving = telling(solve_options(options), progress);
    for (const search::Budget& budget : problem.budgets) {
      const search::Query query{.limits = budget.limits};
      const search::Answer answer = search::solve(problem, query, solving);
      if (!answer.solution)
        throw UserError(fmt::format("{}: budget '{}': {}", *options.problem, budget.name,
                                    search::no_solution_text(problem, query, answer, solving)));
      solutions.push_back({budget.name, *answer.solution});
      progress.update(static_cast<double>(solutions.size()),
                      static_cast<std::int64_t>(problem.budgets.size()));
    }
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
    search_network(options->network, *command, options->json, solve_options(*options));
  });
}

}  // namespace bitloom::cli
