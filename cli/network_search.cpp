#include "cli/network_search.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"
#include "cli/output.h"
#include "cli/run_folder.h"
#include "reports/hardware_json.h"
#include "reports/text/policy_search.h"
#include "search/policy/methods.h"
#include "search/problem/budget.h"
#include "search/problem/problem_file.h"
#include "search/searchers.h"

namespace bitloom::cli {
namespace {

constexpr const char* kRequired[] = {"--network", "--hardware", "--sensitivity"};
constexpr const char* kOthers[] = {
    "--method",      "--image-size", "--batch",       "--engine",          "--stalls",
    "--jobs",        "--budget",     "--weight-bits", "--activation-bits", "--edge-layers",
    "--constraints", "--minimize",   "--max-omega",   "--output"};

double parse_omega(const std::string& text) {
  const auto number = bitloom::parse_real(text);
  if (!number) throw UserError(fmt::format("--max-omega '{}': must be a number", excerpt(text)));
  return *number;
}

/// What is asked, but for the network.
struct Asked {
  const search::Method& method;
  std::optional<std::size_t> minimize;
  std::optional<double> max_omega;
  std::optional<std::size_t> points;
};

Asked parse_asked(const NetworkSearchOptions& options) {
  Asked asked{search::find_method(options.method), {}, {}, {}};
  for (const std::string& text : options.space.budgets) search::parse_budget("--budget", text);
  if (options.minimize.has_value() != options.max_omega.has_value())
    throw UserError("--minimize and --max-omega: each needs the other");
  if (options.minimize) asked.minimize = search::parse_cost_kind("--minimize", *options.minimize);
  if (options.max_omega) asked.max_omega = parse_omega(*options.max_omega);
  asked.points = parse_points(options.points);
  if (asked.minimize && asked.method.name != "hawq-v3")
    throw UserError("--minimize: only hawq-v3 minimizes a cost; choose --method hawq-v3");
  if (asked.minimize && asked.points)
    throw UserError("--minimize and --pareto: a frontier has the least of both; leave one out");
  if (options.space.budgets.empty() && !asked.minimize)
    throw UserError("--budget: give one at least, such as latency=0.6x, or --minimize");
  if (asked.points && !options.folder)
    throw UserError("--pareto: the frontier goes into a run's folder; add -o FOLDER");
  return asked;
}

nlohmann::ordered_json manifest(const NetworkSearchOptions& options, const PricedNetwork& priced,
                                const search::Query& query) {
  nlohmann::ordered_json m{{"command", "search"},
                           {"version", BITLOOM_VERSION},
                           {"method", options.method},
                           {"sensitivity_hash", file_hash(options.sensitivity)}};
  m.update(options.space.manifest(priced));
  m["minimize"] = or_null(options.minimize);
  m["max_omega"] =
      query.max_omega ? nlohmann::ordered_json(*query.max_omega) : nlohmann::ordered_json();
  m["pareto"] = or_null(options.points);
  return m;
}

search::Solution best_policy(const Asked& asked, const search::NetworkProblem& network,
                             const search::Query& query, std::optional<double> seconds) {
  Progress progress("search");
  const search::SolveOptions solving = telling(seconds, progress);
  if (asked.minimize) {
    const search::Answer answer = search::solve(network.problem, query, solving);
    if (answer.solution) return *answer.solution;
    throw UserError(search::no_solution_text(network.problem, query, answer, solving));
  }
  return search::find_policy(asked.method, network, query.limits, solving);
}

std::vector<search::SweepPoint> frontier_of(const Asked& asked,
                                            const search::NetworkProblem& network,
                                            const search::Query& query,
                                            std::optional<double> seconds) {
  if (!asked.points) return {};
  Progress progress("frontier");
  return search::sweep(
      network.problem, query.limits, *asked.points,
      [&](const std::vector<search::Limit>& limits) {
        return asked.method.solve(network, limits, search::ending_in(seconds));
      },
      [&](std::size_t done) {
        progress.update(static_cast<double>(done), static_cast<std::int64_t>(*asked.points));
      },
      seconds);
}

/// A run's folder gets the policy, its cost, the report, what it was found by and, where asked for,
/// the frontier.
void write_folder(const RunFolder& folder, const reports::PolicySearch& found,
                  const std::string& simulation, const std::vector<search::SweepPoint>& frontier) {
  search::Problem problem = found.network->problem;
  problem.budgets = {{"asked", found.query.limits}};
  std::vector<std::pair<std::string, std::string>> files{
      {"policy.json",
       reports::policy_json(found.network->sensitivity.network, found.network->layers,
                            search::policy_of(*found.network, found.solution.choices))},
      {"search.json", reports::policy_search_json(found)},
      {"simulation.json", simulation},
      {"sensitivity.json", search::sensitivity_json(found.network->sensitivity)},
      {"problem.json", search::problem_json(problem, fmt::format("bitloom search: {} on {}",
                                                                 found.network->sensitivity.network,
                                                                 found.hardware))}};
  if (!frontier.empty()) {
    files.emplace_back("frontier.csv", reports::frontier_csv(*found.network, frontier));
    files.emplace_back("frontier.json", reports::frontier_json(*found.network, frontier));
  }
  for (const auto& [name, text] : files) write_file(folder.path() + "/" + name, text);
}

}  // namespace

void NetworkSearchOptions::add_to(CLI::App& command) {
  command
      .add_option("--method", method,
                  fmt::format("{} by sensitivities (hawq-v3); {} measure accuracy: bitloom search "
                              "--method haq --help",
                              fmt::join(search::method_names(), ", "),
                              fmt::join(search::searcher_names(), ", ")))
      ->type_name("NAME");
  space.add_to(command);
  command
      .add_option("--sensitivity", sensitivity,
                  "omega of every layer and width, as `bitloom sensitivity` writes it")
      ->type_name("FILE");
  command
      .add_option("--minimize", minimize,
                  "the other way round: least latency, energy, dram, size or bops ...")
      ->type_name("COST");
  command.add_option("--max-omega", max_omega, "... at no more than this omega")->type_name("X");
  command
      .add_option(
          "--pareto", points,
          "sweep the first budget in so many steps, the others held: frontier.csv, or, of a "
          "problem's budgets, in the result")
      ->type_name("N");
  command
      .add_option("-o,--output", folder,
                  "the run's folder: manifest, policy.json, search.json, simulation.json, ...")
      ->type_name("FOLDER");
}

void require_no_network(const CLI::App& command) {
  const auto refuse = [&](const char* option) {
    if (command.count(option) > 0)
      throw UserError(
          fmt::format("{} and --problem: a problem's file says it all; leave one out", option));
  };
  for (const char* option : kRequired) refuse(option);
  for (const char* option : kOthers) refuse(option);
}

std::optional<std::size_t> parse_points(const std::optional<std::string>& text) {
  constexpr std::int64_t kMostPoints = 10'000;
  if (!text) return std::nullopt;
  return static_cast<std::size_t>(parse_integer("--pareto", *text, 2, kMostPoints));
}

search::SolveOptions telling(std::optional<double> seconds, Progress& progress) {
  search::SolveOptions solving = search::ending_in(seconds);
  solving.progress = [&progress](double gap) {
    progress.tell(fmt::format("best policy within {:.2g} % of its bound", 100 * gap));
  };
  return solving;
}

void search_network(const NetworkSearchOptions& options, const CLI::App& command,
                    const std::optional<std::string>& json, std::optional<double> seconds) {
  for (const char* option : kRequired)
    if (command.count(option) == 0)
      throw UserError(fmt::format(
          "bitloom search: {} is required, or --problem (see bitloom search --help)", option));
  require_different_files({{"--json", json}}, {{"--sensitivity", options.sensitivity},
                                               {"--constraints", options.space.constraints},
                                               {"--hardware", options.space.hardware.name}});
  const Asked asked = parse_asked(options);
  const PricedNetwork priced = options.space.price(options.sensitivity);
  const search::Query query{.minimize_cost = asked.minimize,
                            .limits = options.space.limits(priced),
                            .max_omega = asked.max_omega};
  Destination json_file(json);
  std::optional<RunFolder> folder;
  const reports::PolicySearch found{.method = options.method,
                                    .hardware = priced.hardware.name(),
                                    .engine = options.space.engine.engine,
                                    .batch = priced.hardware.batch(),
                                    .network = &priced.problem,
                                    .costs_at_8_bits = priced.costs_at_8_bits,
                                    .query = query,
                                    .solution = best_policy(asked, priced.problem, query, seconds)};
  if (options.folder) folder.emplace(*options.folder, manifest(options, priced, query));
  const auto frontier = frontier_of(asked, priced.problem, query, seconds);
  if (folder)
    write_folder(*folder, found,
                 options.space.simulation_json(
                     priced, search::policy_of(priced.problem, found.solution.choices)),
                 frontier);
  if (json_file.wanted()) json_file.write(reports::policy_search_json(found));
  if (!json_file.is_standard_output()) {
    print(reports::policy_search_text(found, output_width()) +
          options.space.broken_limits_text(
              priced, search::policy_of(priced.problem, found.solution.choices)));
    if (!frontier.empty()) print(fmt::format("frontier of {} points\n", frontier.size()));
    if (folder) print(fmt::format("written to {}\n", folder->path()));
  }
  json_file.finish();
}

}  // namespace bitloom::cli
