#include "pipelines/compare.h"

#include <algorithm>
#include <random>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/shown_name.h"
#include "base/text.h"
#include "pipelines/countable.h"
#include "pipelines/engine_warning.h"
#include "pipelines/network_table.h"
#include "reports/technology.h"

namespace bitloom::pipelines {
namespace {

constexpr int kFewestBits = 2;
constexpr int kMostBits = 8;

struct AskedMachine {
  std::string asked;                // the name or file
  std::string long_name;            // with what is set
  std::vector<std::string> values;  // of the swept keys
  hardware::Hardware hardware;
};

void check_count(const CompareOptions& options, std::size_t machines) {
  constexpr std::size_t kMost = 26;  // letters that name them in tables
  constexpr std::size_t kMostOfASweep = 4096;
  if (!options.sweep.empty()) {
    if (machines > kMostOfASweep)
      throw UserError(fmt::format("--sweep: makes {} machines; at most {} are compared", machines,
                                  kMostOfASweep));
  } else if (machines < 2 || machines > kMost) {
    throw UserError(
        fmt::format("--hardware: must name 2 to {} machines, such as "
                    "bismo-edge,bismo-cloud, or one and --sweep, got {}",
                    kMost, machines));
  }
}

/// A machine of the grid. What is wrong of a setting or of the energy table names the machine where
/// it is one of several; of a value that is swept it begins with `--sweep`.
hardware::Hardware load_swept(HardwareChoice choice, const hardware::Settings& swept,
                              bool is_one_of_several, const Host& host) {
  choice.settings.insert(choice.settings.end(), swept.begin(), swept.end());
  try {
    return load(choice, host);
  } catch (const UserError& wrong) {
    std::string text = wrong.what();
    const bool is_of_table = choice.energy_table && text.starts_with(*choice.energy_table + ":");
    if (!text.starts_with("--set ") && !is_of_table) throw;
    for (const std::string& setting : swept)
      if (text.starts_with(fmt::format("--set {}:", excerpt(setting)))) {
        text = "--sweep" + text.substr(std::string_view("--set").size());
        break;
      }
    throw wrong.with_text(is_one_of_several ? choice.name + ": " + text : text);
  }
}

/// What is asked for all machines, and what each has of its own.
std::vector<HardwareChoice> choices_of(const CompareOptions& options) {
  std::set<std::string> seen;
  std::vector<HardwareChoice> choices = options.machines;
  for (const std::string& name : options.hardware) choices.push_back({.name = name});
  for (HardwareChoice& choice : choices) {
    choice.settings.insert(choice.settings.end(), options.settings.begin(), options.settings.end());
    if (options.batch) choice.batch = options.batch;
    if (options.energy_table) choice.energy_table = options.energy_table;
    if (!seen.insert(hardware::name_with(choice.name, choice.settings)).second)
      throw UserError(fmt::format("--hardware: '{}' is named twice", excerpt(choice.name)));
  }
  return choices;
}

std::vector<AskedMachine> load_machines(const CompareOptions& options, const Host& host) {
  const std::vector<HardwareChoice> choices = choices_of(options);
  const std::vector<std::vector<std::string>> grid = combinations(options.sweep);
  check_count(options, choices.size() * grid.size());
  std::vector<AskedMachine> machines;
  for (const HardwareChoice& choice : choices)
    for (const std::vector<std::string>& values : grid) {
      const hardware::Settings swept = settings_of(options.sweep, values);
      const std::string long_name =
          hardware::name_with(hardware::name_with(choice.name, choice.settings), swept);
      machines.push_back(
          {choice.name, long_name, values, load_swept(choice, swept, choices.size() > 1, host)});
    }
  return machines;
}

/// The machine's name, or where several have it how it was asked for.
std::string name_of(const AskedMachine& machine, const std::vector<AskedMachine>& all) {
  const auto same = std::count_if(all.begin(), all.end(), [&](const AskedMachine& other) {
    return other.hardware.name() == machine.hardware.name();
  });
  return same > 1 ? machine.long_name : machine.hardware.name();
}

std::vector<reports::ComparedPolicy> policies_of(const CompareOptions& options,
                                                 const Network& network, const Host& host) {
  std::vector<reports::ComparedPolicy> policies;
  for (PolicyChoice choice : options.policies) {
    const std::string name = choice.listed ? choice.listed->name
                             : choice.file ? *choice.file
                             : choice.of_model
                                 ? "model"
                                 : graph::to_text(choice.bits.value_or(graph::Precision{}));
    choice.edge_layers = options.edge_layers;
    if (std::any_of(policies.begin(), policies.end(),
                    [&](const auto& other) { return other.name == name; })) {
      if (host.warning)
        host.warning(fmt::format("compare: policy {} is given twice: is told once", name));
      continue;
    }
    policies.push_back({name, false, load_by_filter(choice, network)});
  }
  std::mt19937_64 random(options.random.seed);
  for (std::int64_t i = 0; i < options.random.count; ++i) {
    graph::Policy bits = graph::random_policy(network.layers, kFewestBits, kMostBits, random);
    if (options.edge_layers) graph::set_edge_layers(bits, network.layers, *options.edge_layers);
    policies.push_back({fmt::format("random {}", i + 1), true, {std::move(bits)}});
  }
  if (options.policies.empty() && !options.sweep.empty() && !policies.empty())
    throw UserError(
        "bitloom compare: --sweep tells of the policies that are given: --policies is required");
  if (policies.empty())
    throw UserError(
        "bitloom compare: --policies or --random is required (see bitloom compare --help)");
  return policies;
}

/// A policy's layers on a machine, by filter their parts, and what each came to.
struct PricedPolicy {
  std::vector<sim::Job> jobs;
  std::vector<sim::LayerResult> results = {};

  std::vector<cost::LayerCost> costs() const {
    std::vector<cost::LayerCost> costs;
    for (const sim::LayerResult& result : results) costs.push_back(result.cost);
    return costs;
  }
};

/// Prices policies of a network, telling how much of `all` of them is done.
class Pricing {
 public:
  Pricing(const CompareOptions& options, const Network& network, std::size_t all, const Host& host)
      : network_(network),
        engine_(options.engine),
        step_(host, "compare"),
        all_(static_cast<std::int64_t>(all * network.layers.size())) {}

  std::vector<PricedPolicy> price(const std::vector<graph::FilterPolicy>& policies,
                                  const hardware::Hardware& machine) {
    std::vector<PricedPolicy> priced;
    std::vector<sim::Job> all;
    for (const graph::FilterPolicy& policy : policies) {
      require_countable_work(network_, policy.layers, machine.batch());
      priced.push_back({sim::jobs_of(network_.layers, policy, machine.batch())});
      all.insert(all.end(), priced.back().jobs.begin(), priced.back().jobs.end());
    }
    const auto layers = static_cast<double>(policies.size() * network_.layers.size());
    auto results = sim::run(all, machine, engine_.options,
                            {.jobs = engine_.jobs, .progress = [&](double done, std::int64_t of) {
                               const double part = done / static_cast<double>(of);
                               step_.update(static_cast<double>(done_) + layers * part, all_);
                             }});
    done_ += policies.size() * network_.layers.size();
    auto result = std::make_move_iterator(results.begin());
    for (PricedPolicy& policy : priced) {
      policy.results.assign(result, result + std::ssize(policy.jobs));
      result += std::ssize(policy.jobs);
      require_countable_costs(places_of(policy.jobs), policy.results);
    }
    return priced;
  }

 private:
  /// Where each job is from, for complaints.
  std::vector<std::string> places_of(const std::vector<sim::Job>& jobs) const {
    std::vector<std::string> places;
    const bool are_whole = jobs.size() == network_.layers.size();
    for (std::size_t i = 0; i < jobs.size(); ++i)
      places.push_back(are_whole ? network_.place(i)
                                 : fmt::format("{}: layer '{}'", network_.graph.name(),
                                               shown_name(jobs[i].layer.name)));
    return places;
  }

  const Network& network_;
  const EngineChoice& engine_;
  Step step_;
  std::int64_t all_;
  std::size_t done_ = 0;
};

/// Uniform policies from 8 bits down, until the machine refuses one.
reports::Sweep sweep(Pricing& pricing, const Network& network, const CompareOptions& options,
                     const hardware::Hardware& machine, std::size_t index, reports::Swept swept) {
  reports::Sweep result{index, swept};
  for (int bits = kMostBits; bits >= kFewestBits; --bits) {
    const graph::Policy policy = load(PolicyChoice{.bits = reports::swept_precision(swept, bits),
                                                   .edge_layers = options.edge_layers},
                                      network);
    try {
      result.steps.push_back({bits, pricing.price({{policy}}, machine).front().costs()});
    } catch (const UserError& refusal) {
      if (!refusal.is_unsupported()) throw;
      result.refused = refusal.what();
      break;
    }
  }
  return result;
}

void warn_of_technologies(const std::vector<AskedMachine>& machines, const Host& host) {
  std::vector<std::string> technologies;
  for (const AskedMachine& machine : machines)
    technologies.push_back(machine.hardware.energy_technology());
  const std::string mixed = reports::mixed_technologies_text(technologies, "table");
  if (!mixed.empty() && host.warning) host.warning("compare: " + mixed);
}

/// Appends the policies' costs on a machine. Of a grid's machine what it refuses is noted; false
/// where that is all of them, and nothing is appended.
bool price_on(const hardware::Hardware& machine, const std::string& name,
              const CompareOptions& options, Pricing& pricing, reports::Comparison& result) {
  std::vector<std::optional<reports::NetworkCost>> costs;
  std::vector<graph::FilterPolicy> policies;
  for (const reports::ComparedPolicy& policy : result.policies) policies.push_back(policy.bits);
  const auto append = [&](const std::vector<graph::FilterPolicy>& some) {
    for (const PricedPolicy& policy : pricing.price(some, machine)) {
      costs.push_back(reports::network_cost(policy.costs(), machine.clock()));
      costs.back()->energy_range =
          sim::energy_range(policy.jobs, policy.results, machine, options.engine.options);
    }
  };
  try {
    append(policies);
  } catch (const UserError& refusal) {
    if (options.sweep.empty() || !refusal.is_unsupported()) throw;
    for (const reports::ComparedPolicy& policy : result.policies) try {
        append({policy.bits});
      } catch (const UserError& why) {
        if (!why.is_unsupported()) throw;
        result.refused.push_back({name, policy.name, why.what()});
        costs.emplace_back();
      }
    const auto has_cost = [](const auto& cost) { return cost.has_value(); };
    if (std::none_of(costs.begin(), costs.end(), has_cost)) return false;
  }
  for (std::size_t i = 0; i < costs.size(); ++i) result.policies[i].costs.push_back(costs[i]);
  return true;
}

}  // namespace

reports::Comparison compare(const CompareOptions& options, const Host& host) {
  const Network network = load(options.network, host);
  const std::vector<AskedMachine> machines = load_machines(options, host);
  reports::Comparison result{.network = network.graph.name(),
                             .input = network.input(),
                             .engine = options.engine.name(),
                             .energy_table = options.energy_table,
                             .layers = network.layers,
                             .policies = policies_of(options, network, host),
                             .gain_percent = options.gain_percent,
                             .seed = options.random.seed};
  for (const SweptKey& swept : options.sweep) result.swept_keys.push_back(swept.key);
  constexpr std::size_t kSweepSteps = std::size(reports::kAllSwept) * (kMostBits - kFewestBits + 1);
  const std::size_t steps = options.sweep.empty() ? kSweepSteps : 0;
  for (const AskedMachine& machine : machines) {
    require_batch(network, machine.hardware.batch());
    warn_of_what_is_left_out(options.engine, machine.hardware, host);
  }
  warn_of_technologies(machines, host);
  for (const AskedMachine& machine : machines)
    if (warn_of_wide_results(options.network, network.layers, {}, machine.hardware, host)) break;
  Pricing pricing(options, network, machines.size() * (result.policies.size() + steps), host);
  for (const AskedMachine& machine : machines) {
    const hardware::Hardware& hw = machine.hardware;
    const std::string name = name_of(machine, machines);
    if (!price_on(hw, name, options, pricing, result)) continue;
    result.machines.push_back({name, hw.batch(), hw.clock(), hw.energy_technology(), machine.asked,
                               machine.values, hw.machine().resources()});
    if (!options.sweep.empty()) continue;
    for (const reports::Swept swept : reports::kAllSwept)
      result.sweeps.push_back(
          sweep(pricing, network, options, hw, result.machines.size() - 1, swept));
  }
  if (result.machines.empty())
    throw unsupported(fmt::format("--sweep: no machine runs the policies: {}: {}",
                                  result.refused.front().name, result.refused.front().reason));
  return result;
}

}  // namespace bitloom::pipelines
