#include <algorithm>
#include <limits>
#include <memory>
#include <random>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/engine_option.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "reports/text/comparison.h"
#include "sim/simulator.h"

namespace bitloom::cli {
namespace {

constexpr int kFewestBits = 2;
constexpr int kMostBits = 8;

struct CompareOptions {
  NetworkOption network;
  std::vector<std::string> hardware;
  std::optional<std::string> batch;
  std::vector<std::string> policies;
  std::optional<std::string> random;
  std::optional<std::string> seed;
  std::optional<std::string> edge_layers;
  std::string gain = "5";
  EngineOption engine;
  std::optional<std::string> json;
  std::optional<std::string> csv;
};

/// Whether it is `4/6` rather than a file.
bool is_pair(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789/") == std::string_view::npos &&
         std::count(text.begin(), text.end(), '/') == 1;
}

double parse_gain(const std::string& text) {
  const auto gain = bitloom::parse_real(text);
  if (!gain || !(*gain > 0 && *gain < 100))
    throw UserError(
        fmt::format("--gain '{}': must be a percentage above 0 and below 100", excerpt(text)));
  return *gain;
}

std::vector<hardware::Hardware> load_machines(const CompareOptions& options) {
  constexpr std::size_t kMost = 26;  // letters that name them in tables
  std::set<std::string> seen;
  std::vector<hardware::Hardware> machines;
  for (const std::string& name : options.hardware) {
    if (!seen.insert(name).second)
      throw UserError(fmt::format("--hardware: '{}' is named twice", excerpt(name)));
    machines.push_back(HardwareOption{name, options.batch}.load());
  }
  if (machines.size() < 2 || machines.size() > kMost)
    throw UserError(
        fmt::format("--hardware: must name 2 to {} machines, such as "
                    "bismo-edge,bismo-cloud, got {}",
                    kMost, machines.size()));
  return machines;
}

/// Each machine's name, or where several have it how it was asked for.
std::vector<std::string> names_of(const std::vector<hardware::Hardware>& machines,
                                  const std::vector<std::string>& asked) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < machines.size(); ++i) {
    const auto same = std::count_if(machines.begin(), machines.end(), [&](const auto& other) {
      return other.name() == machines[i].name();
    });
    names.push_back(same > 1 ? asked[i] : machines[i].name());
  }
  return names;
}

graph::Policy with_edges(graph::Policy policy, const CompareOptions& options,
                         const Network& network) {
  if (options.edge_layers)
    graph::set_edge_layers(policy, network.layers,
                           graph::parse_precision("--edge-layers", *options.edge_layers));
  return policy;
}

graph::Policy uniform(graph::Precision bits, const CompareOptions& options,
                      const Network& network) {
  return with_edges(graph::uniform_policy(network.layers.size(), bits), options, network);
}

std::vector<reports::ComparedPolicy> load_policies(const CompareOptions& options,
                                                   const Network& network, std::uint64_t seed) {
  constexpr std::int64_t kMostRandom = 5000;
  std::vector<reports::ComparedPolicy> policies;
  for (const std::string& name : options.policies)
    policies.push_back(
        {name, false,
         is_pair(name) ? uniform(graph::parse_precision("--policies", name), options, network)
                       : with_edges(graph::read_policy(name, network.graph.name(), network.layers),
                                    options, network)});
  const std::int64_t wanted =
      options.random ? parse_integer("--random", *options.random, 1, kMostRandom) : 0;
  std::mt19937_64 random(seed);
  for (std::int64_t i = 0; i < wanted; ++i)
    policies.push_back(
        {fmt::format("random {}", i + 1), true,
         with_edges(graph::random_policy(network.layers, kFewestBits, kMostBits, random), options,
                    network)});
  if (policies.empty())
    throw UserError(
        "bitloom compare: --policies or --random is required (see bitloom compare --help)");
  return policies;
}

/// Prices policies of a network, telling how much of `all` of them is done.
class Pricing {
 public:
  Pricing(const CompareOptions& options, const Network& network, std::size_t all)
      : network_(network),
        engine_(options.engine.load()),
        jobs_(options.engine.processes()),
        all_(static_cast<std::int64_t>(all * network.layers.size())) {}

  /// Costs of every layer under each policy, [policy][layer].
  std::vector<std::vector<cost::LayerCost>> price(const std::vector<graph::Policy>& policies,
                                                  const hardware::Hardware& machine) {
    std::vector<sim::Job> jobs;
    for (const graph::Policy& policy : policies)
      for (sim::Job& job : sim::jobs_of(network_.layers, policy, machine.batch()))
        jobs.push_back(std::move(job));
    const auto results = sim::run(jobs, machine, engine_,
                                  {.jobs = jobs_, .progress = [&](double done, std::int64_t) {
                                     progress_.update(static_cast<double>(done_) + done, all_);
                                   }});
    done_ += results.size();
    std::vector<std::vector<cost::LayerCost>> costs(policies.size());
    for (std::size_t i = 0; i < results.size(); ++i)
      costs[i / network_.layers.size()].push_back(results[i].cost);
    return costs;
  }

 private:
  const Network& network_;
  sim::EngineOptions engine_;
  int jobs_;
  std::int64_t all_;
  std::size_t done_ = 0;
  Progress progress_{"compare"};
};

/// Uniform policies from 8 bits down, until the machine refuses one.
reports::Sweep sweep(Pricing& pricing, const Network& network, const CompareOptions& options,
                     const hardware::Hardware& machine, std::size_t index, reports::Swept swept) {
  reports::Sweep result{index, swept};
  for (int bits = kMostBits; bits >= kFewestBits; --bits) {
    const graph::Policy policy = uniform(reports::swept_precision(swept, bits), options, network);
    try {
      result.steps.push_back({bits, pricing.price({policy}, machine).front()});
    } catch (const UserError& refusal) {
      if (!refusal.is_unsupported()) throw;
      result.refused = refusal.what();
      break;
    }
  }
  return result;
}

reports::Comparison compare(const CompareOptions& options) {
  const Network network = options.network.load();
  const std::vector<hardware::Hardware> machines = load_machines(options);
  const std::vector<std::string> names = names_of(machines, options.hardware);
  if (options.seed && !options.random)
    throw UserError("--seed: draws the policies of --random, which is not given");
  const auto seed = static_cast<std::uint64_t>(parse_integer(
      "--seed", options.seed.value_or("1"), 0, std::numeric_limits<std::int64_t>::max()));
  reports::Comparison result{.network = network.graph.name(),
                             .input = network.graph.nodes().front().shape,
                             .engine = options.engine.engine,
                             .layers = network.layers,
                             .policies = load_policies(options, network, seed),
                             .gain_percent = parse_gain(options.gain),
                             .seed = seed};
  std::vector<graph::Policy> policies;
  for (const reports::ComparedPolicy& policy : result.policies) policies.push_back(policy.bits);
  constexpr std::size_t kSweepSteps = std::size(reports::kAllSwept) * (kMostBits - kFewestBits + 1);
  Pricing pricing(options, network, machines.size() * (policies.size() + kSweepSteps));
  for (std::size_t m = 0; m < machines.size(); ++m) {
    const hardware::Hardware& machine = machines[m];
    result.machines.push_back({names[m], machine.batch(), machine.clock()});
    const auto costs = pricing.price(policies, machine);
    for (std::size_t i = 0; i < costs.size(); ++i)
      result.policies[i].costs.push_back(reports::network_cost(costs[i], machine.clock()));
    for (const reports::Swept swept : reports::kAllSwept)
      result.sweeps.push_back(sweep(pricing, network, options, machine, m, swept));
  }
  return result;
}

void run(const CompareOptions& options) {
  std::vector<FileOption> inputs;
  for (const std::string& file : options.policies) inputs.push_back({"--policies", file});
  for (const std::string& file : options.hardware) inputs.push_back({"--hardware", file});
  require_different_files({{"--json", options.json}, {"--csv", options.csv}}, inputs);
  Destination json(options.json), csv(options.csv);
  const reports::Comparison result = compare(options);
  if (json.wanted()) json.write(reports::comparison_json(result));
  if (csv.wanted()) csv.write(reports::comparison_csv(result));
  if (!json.is_standard_output() && !csv.is_standard_output())
    print(reports::comparison_text(result, output_width()));
  json.finish();
  csv.finish();
}

}  // namespace

void add_compare(CLI::App& program) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command = program.add_subcommand(
      "compare", "policies ranked on several machines, and where bits stop paying on each");
  options->network.add_to(*command);
  command
      ->add_option("--hardware", options->hardware,
                   "two or more names (see `bitloom list hardware`) or YAML files")
      ->required()
      ->delimiter(',')
      ->type_name("A,B,...");
  command->add_option("--batch", options->batch, "images priced together (each machine's own)")
      ->type_name("N");
  command
      ->add_option("--policies", options->policies,
                   "pairs such as 4/4 for all layers, and files as --policy of simulate takes them")
      ->type_name("W/A|FILE ...");
  command
      ->add_option("--random", options->random,
                   "and this many policies with 2 to 8 bits drawn for each operand of each layer")
      ->type_name("N");
  command->add_option("--seed", options->seed, "of the random policies (1)")->type_name("SEED");
  command
      ->add_option("--edge-layers", options->edge_layers,
                   "bits of the first and last layer, such as 8/8, in every policy")
      ->type_name("W/A");
  command
      ->add_option("--gain", options->gain,
                   "a bit less pays where it saves this many per cent of what is left (5)")
      ->type_name("PERCENT");
  options->engine.add_to(*command);
  command->add_option("--json", options->json, "write the result as JSON; - is standard output")
      ->type_name("FILE");
  command
      ->add_option("--csv", options->csv,
                   "write a row per policy and machine; - is standard output")
      ->type_name("FILE");
  command->callback([options] { run(*options); });
}

}  // namespace bitloom::cli
