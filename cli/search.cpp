#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/action.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/network_search.h"
#include "cli/output.h"
#include "reports/text/policy_search.h"
#include "reports/text/solutions.h"

namespace bitloom::cli {
namespace {

struct SearchOptions {
  std::optional<std::string> problem;
  NetworkSearchOptions network;
  std::optional<std::string> points;
  std::optional<std::string> json;
  std::optional<std::string> seconds;
};

std::optional<std::size_t> parse_points(const std::optional<std::string>& text) {
  constexpr std::int64_t kMostPoints = 10'000;
  if (!text) return std::nullopt;
  return static_cast<std::size_t>(parse_integer("--pareto", *text, 2, kMostPoints));
}

/// Solves each budget of a file, and sweeps it where that is asked for.
void solve_problem(const SearchOptions& options) {
  const pipelines::ProblemSearchOptions asked{.problem = *options.problem,
                                              .points = parse_points(options.points),
                                              .seconds = parse_seconds(options.seconds)};
  Destination json(options.json);
  const auto [problem, solutions, unsolved] = pipelines::solve_problem(asked, host());
  if (json.wanted()) json.write(reports::solutions_json(problem, solutions, unsolved));
  if (!json.is_standard_output())
    print(reports::solutions_text(problem, solutions, unsolved, output_width()));
  json.finish();
}

void search_network(const SearchOptions& options, const CLI::App& command) {
  pipelines::PolicySearchOptions asked = options.network.choice(command);
  asked.points = parse_points(options.points);
  asked.seconds = parse_seconds(options.seconds);
  Destination json(options.json);
  const pipelines::FoundPolicy found = pipelines::search_policy(asked, host());
  if (json.wanted()) json.write(reports::policy_search_json(found.search));
  if (!json.is_standard_output()) {
    print(reports::policy_search_text(found.search, output_width()));
    if (!found.frontier.empty())
      print(fmt::format("frontier of {} points\n", found.frontier.size()));
    if (asked.folder) print(fmt::format("written to {}\n", *asked.folder));
  }
  json.finish();
}

}  // namespace

void add_search(CLI::App& program) {
  auto options = std::make_shared<SearchOptions>();
  CLI::App* command = program.add_subcommand(
      "search", "the bits of each layer of least expected loss within budgets");
  command
      ->add_option("--problem", options->problem,
                   "solve the budgets of this file instead of a network's")
      ->type_name("FILE");
  options->network.add_to(*command);
  look_at(command
              ->add_option("--pareto", options->points,
                           "sweep the first budget in so many steps, the others held: "
                           "frontier.csv, or, of a problem's budgets, in the result")
              ->type_name("N"),
          parse_points);
  command
      ->add_option("-o,--output", options->network.folder,
                   "the run's folder: manifest, policy.json, search.json, simulation.json, ...")
      ->type_name("FOLDER");
  command->add_option("--json", options->json, "write the result as JSON; - is standard output")
      ->type_name("FILE");
  look_at(command
              ->add_option("--time-limit", options->seconds,
                           "seconds for each budget, then the best so far with its bound and gap "
                           "(none, but work for about a minute)")
              ->type_name("N"),
          parse_seconds);
  set_action(*command, [options, command] {
    if (options->problem) {
      require_no_network(*command);
      return solve_problem(*options);
    }
    search_network(*options, *command);
  });
}

}  // namespace bitloom::cli
