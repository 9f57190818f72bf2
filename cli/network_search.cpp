#include "cli/network_search.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/output.h"
#include "cli/run_folder.h"
#include "reports/hardware_json.h"
#include "reports/policy_search.h"
#include "search/core/budget.h"
#include "search/core/methods.h"
#include "search/core/problem_file.h"

namespace bitloom::cli {
namespace {

constexpr const char* kRequired[] = {"--network", "--hardware", "--sensitivity"};
constexpr const char* kOthers[] = {
    "--method",      "--image-size", "--batch",       "--engine",          "--stalls",
    "--jobs",        "--budget",     "--weight-bits", "--activation-bits", "--edge-layers",
    "--constraints", "--minimize",   "--max-omega",   "--output"};

double parse_omega(const std::string& text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    throw UserError(fmt::format("--max-omega '{}': must be a number", excerpt(text)));
  return number;
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
  for (const std::string& text : options.budgets) search::parse_budget("--budget", text);
  if (options.minimize.has_value() != options.max_omega.has_value())
    throw UserError("--minimize and --max-omega: each needs the other");
  if (options.minimize) asked.minimize = search::parse_cost_kind("--minimize", *options.minimize);
  if (options.max_omega) asked.max_omega = parse_omega(*options.max_omega);
  asked.points = parse_points(options.points);
  if (asked.minimize && asked.method.name != "hawq-v3")
    throw UserError("--minimize: only hawq-v3 minimizes a cost; choose --method hawq-v3");
  if (asked.minimize && asked.points)
    throw UserError("--minimize and --pareto: a frontier has the least of both; leave one out");
  if (options.budgets.empty() && !asked.minimize)
    throw UserError("--budget: give one at least, such as latency=0.6x, or --minimize");
  if (asked.points && !options.folder)
    throw UserError("--pareto: the frontier goes into a run's folder; add -o FOLDER");
  return asked;
}

struct Priced {
  hardware::Bismo hardware;
  search::NetworkProblem network;
  std::vector<double> costs_at_8_bits;
};

std::vector<double> costs_at_8_bits(const std::vector<graph::LayerShape>& layers,
                                    const sim::CostTable& table, Megahertz clock) {
  constexpr graph::Precision kEightBits{8, 8};
  std::vector<double> sums(search::cost_kinds().size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto costs = search::layer_costs(layers[i], kEightBits, table.at(i, kEightBits), clock);
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += costs[k];
  }
  return sums;
}

Priced price(const NetworkSearchOptions& options) {
  const Network network = options.network.load();
  hardware::Bismo hardware = options.hardware.load();
  const sim::EngineOptions engine = options.engine.load();
  const int jobs = options.engine.processes();
  std::optional<graph::Precision> edges;
  if (options.edge_layers) edges = graph::parse_precision("--edge-layers", *options.edge_layers);
  const search::BitSpace space =
      search::make_bit_space(network.layers,
                             {search::parse_bit_list("--weight-bits", options.weight_bits),
                              search::parse_bit_list("--activation-bits", options.activation_bits)},
                             edges, options.constraints);
  search::Sensitivity sensitivity =
      search::read_sensitivity(options.sensitivity, network.graph.name(), network.layers);
  Progress progress("price");
  const sim::CostTable table(
      network.layers, hardware, hardware.batch, std::max(8, search::max_bits(space)), engine,
      {.jobs = jobs, .progress = [&](double done, std::int64_t of) { progress.update(done, of); }});
  const Megahertz clock = hardware.clock();
  return {std::move(hardware),
          search::make_network_problem(network.layers, space, std::move(sensitivity), table, clock),
          costs_at_8_bits(network.layers, table, clock)};
}

nlohmann::ordered_json manifest(const NetworkSearchOptions& options, const Priced& priced,
                                const search::Query& query) {
  const auto or_null = [](const auto& given) {
    return given ? nlohmann::ordered_json(*given) : nlohmann::ordered_json();
  };
  nlohmann::ordered_json limits = nlohmann::ordered_json::object();
  for (const search::Limit& limit : query.limits)
    limits[priced.network.problem.cost_names[limit.cost]] = limit.value;
  return {{"command", "search"},
          {"version", BITLOOM_VERSION},
          {"method", options.method},
          {"network", options.network.name},
          {"image_size", or_null(options.network.image_size)},
          {"batch", priced.hardware.batch},
          {"engine", options.engine.engine},
          {"stalls", or_null(options.engine.stalls)},
          {"sensitivity_hash", file_hash(options.sensitivity)},
          {"weight_bits", options.weight_bits},
          {"activation_bits", options.activation_bits},
          {"edge_layers", or_null(options.edge_layers)},
          {"constraints_hash", options.constraints
                                   ? nlohmann::ordered_json(file_hash(*options.constraints))
                                   : nlohmann::ordered_json()},
          {"budgets", options.budgets},
          {"limits", limits},
          {"minimize", or_null(options.minimize)},
          {"max_omega", or_null(query.max_omega)},
          {"pareto", or_null(options.points)},
          {"hardware", priced.hardware.name},
          {"hardware_description", reports::hardware_json(priced.hardware)}};
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
  const search::Answer answer = asked.method.solve(network, query.limits, solving);
  if (answer.solution) return *answer.solution;
  if (!answer.finished)
    throw UserError(search::no_solution_text(network.problem, query, answer, solving));
  throw UserError(search::infeasible_text(asked.method.nearest(network, query.limits, solving)));
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

/// A run's folder gets the policy, the report, the problem and, where asked for, the frontier.
void write_folder(const RunFolder& folder, const reports::PolicySearch& found,
                  const std::vector<search::SweepPoint>& frontier) {
  search::Problem problem = found.network->problem;
  problem.budgets = {{"asked", found.query.limits}};
  std::vector<std::pair<std::string, std::string>> files{
      {"policy.json", reports::policy_json(*found.network, found.solution.choices)},
      {"search.json", reports::policy_search_json(found)},
      {"problem.json", search::problem_json(problem, fmt::format("bitloom search: {} on {}",
                                                                 found.network->sensitivity.network,
                                                                 found.hardware))}};
  if (!frontier.empty()) {
    files.emplace_back("frontier.csv", reports::frontier_csv(*found.network, frontier));
    files.emplace_back("frontier.json", reports::frontier_json(*found.network, frontier));
  }
  for (const auto& [name, text] : files) {
    OutputFile file(folder.path() + "/" + name);
    file.write(text);
    file.commit();
  }
}

}  // namespace

void NetworkSearchOptions::add_to(CLI::App& command) {
  command.add_option("--method", method, "hawq, hawq-v2 or hawq-v3 (see `bitloom list searches`)")
      ->type_name("NAME");
  network.add_to(command)->required(false);
  hardware.add_to(command);
  command.get_option("--hardware")->required(false);
  command
      .add_option("--sensitivity", sensitivity,
                  "omega of every layer and width, as `bitloom sensitivity` writes it")
      ->type_name("FILE");
  command
      .add_option("--budget", budgets,
                  "latency=0.6x (of the cost at 8/8), energy=12mJ, dram=90MB, size=1.2MB, bops=7G; "
                  "may be given several times")
      ->type_name("COST=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--weight-bits", weight_bits, "widths that weights may have (2-8)")
      ->type_name("LIST");
  command.add_option("--activation-bits", activation_bits, "and activations (2-8)")
      ->type_name("LIST");
  command.add_option("--edge-layers", edge_layers, "bits of the first and last layer, such as 8/8")
      ->type_name("W/A");
  command
      .add_option("--constraints", constraints,
                  "widths of single layers and layers that choose alike (docs/search.md)")
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
                  "the run's folder: manifest, policy.json, search.json, problem.json")
      ->type_name("FOLDER");
  engine.add_to(command);
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
                                               {"--constraints", options.constraints},
                                               {"--hardware", options.hardware.name}});
  const Asked asked = parse_asked(options);
  const Priced priced = price(options);
  const search::Query query{
      .minimize_cost = asked.minimize,
      .limits = search::parse_budgets("--budget", options.budgets, priced.costs_at_8_bits),
      .max_omega = asked.max_omega};
  Destination json_file(json);
  std::optional<RunFolder> folder;
  const reports::PolicySearch found{.method = options.method,
                                    .hardware = priced.hardware.name,
                                    .engine = options.engine.engine,
                                    .batch = priced.hardware.batch,
                                    .network = &priced.network,
                                    .costs_at_8_bits = priced.costs_at_8_bits,
                                    .query = query,
                                    .solution = best_policy(asked, priced.network, query, seconds)};
  if (options.folder) folder.emplace(*options.folder, manifest(options, priced, query));
  const auto frontier = frontier_of(asked, priced.network, query, seconds);
  if (folder) write_folder(*folder, found, frontier);
  if (json_file.wanted()) json_file.write(reports::policy_search_json(found));
  if (!json_file.is_standard_output()) {
    print(reports::policy_search_text(found, output_width()));
    if (!frontier.empty()) print(fmt::format("frontier of {} points\n", frontier.size()));
    if (folder) print(fmt::format("written to {}\n", folder->path()));
  }
  json_file.finish();
}

}  // namespace bitloom::cli
