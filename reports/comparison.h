#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/rank_correlation.h"
#include "models/graph/filter_bits.h"
#include "sim/kit/layer_cost.h"
#include "sim/report.h"
#include "sim/sensitivity.h"

namespace bitloom::reports {

/// A machine of a comparison and the batch that it is priced at.
struct ComparedMachine {
  std::string name;
  std::int64_t batch;
  Megahertz clock;
  std::string technology = {};           // of its energy constants; empty: nobody says
  std::string hardware = {};             // without the values that are swept
  std::vector<std::string> values = {};  // by Comparison::swept_keys
  std::vector<sim::Resource> resources = {};
};

/// A machine of a grid that cannot run a policy, and why.
struct RefusedMachine {
  std::string name, policy, reason;
};

/// What policies and machines are ranked by.
enum class Total { kLatency, kEnergy };
constexpr Total kTotals[] = {Total::kLatency, Total::kEnergy};
/// `latency`, `energy`.
std::string_view to_text(Total total);

/// A network's cost for the whole batch.
struct NetworkCost {
  Cycles cycles;
  Milliseconds latency;
  Picojoules energy;
  Bytes dram;
  std::optional<sim::EnergyRange> energy_range = {};  // by the bounds of constants

  double of(Total total) const {
    return total == Total::kLatency ? latency.count() : energy.count();
  }
};
/// A policy and what it costs.
struct ComparedPolicy {
  std::string name;
  bool is_random;
  graph::FilterPolicy bits;
  /// By Comparison::machines; none where a machine of a grid refuses the policy.
  std::vector<std::optional<NetworkCost>> costs = {};

  const NetworkCost& on(std::size_t machine) const { return costs[machine].value(); }
};

NetworkCost network_cost(const std::vector<cost::LayerCost>& layers, Megahertz clock);

/// Which bits fall in a sweep of uniform policies; the others stay at 8.
enum class Swept { kWeights, kActivations, kBoth };
constexpr Swept kAllSwept[] = {Swept::kWeights, Swept::kActivations, Swept::kBoth};
/// `weights`, `activations`, `both`.
std::string_view to_text(Swept swept);
graph::Precision swept_precision(Swept swept, int bits);

/// A uniform policy of a sweep.
struct SweepStep {
  int bits;
  std::vector<cost::LayerCost> layers;
};

/// Uniform policies on one machine, from many bits to few.
struct Sweep {
  std::size_t machine;
  Swept swept;
  std::vector<SweepStep> steps = {};
  std::string refused = {};  // why the machine takes no fewer bits; empty where nothing was refused
};

/// Policies of one network on several machines, as `compare` tells it.
struct Comparison {
  std::string network;
  graph::Shape input;
  std::string engine;
  std::optional<std::string> energy_table = {};  // a file with constants in place of the machines'
  std::vector<graph::LayerShape> layers;
  std::vector<ComparedMachine> machines = {};  // two at least
  std::vector<ComparedPolicy> policies = {};   // those given, then random ones
  std::vector<Sweep> sweeps = {};              // by machine, then as kAllSwept; none of a grid
  std::vector<std::string> swept_keys = {};    // of descriptions: the machines are a grid
  std::vector<RefusedMachine> refused = {};    // of a grid, by machine
  double gain_percent;                         // a step of bits pays from here on
  std::uint64_t seed;                          // of the random policies
};

/// ` with energies of t.yaml`; empty where the machines have their own.
std::string energy_table_text(const Comparison& comparison);

/// The energy of a policy beside that of the first one on the machine. None where no constant is
/// bounded or the machine refuses the first one.
std::optional<sim::RatioRange> energy_ratio(const Comparison& comparison, std::size_t policy,
                                            std::size_t machine);

/// The resources that machines have, by the first that has them.
std::vector<std::string> resource_names(const Comparison& comparison);

/// Policies that a correlation is over.
enum class PolicyGroup { kGiven, kRandom };
/// `given`, `random`.
std::string_view to_text(PolicyGroup group);

/// Two policies that two machines rank in opposite order.
struct Swap {
  std::size_t better_on_a;  // index of a policy
  std::size_t better_on_b;
  double percent_on_a;  // by how much the other costs more there
  double percent_on_b;

  /// How much a wrong choice costs at least.
  double least_percent() const { return std::min(percent_on_a, percent_on_b); }
};

/// How far machines `a` and `b` agree on policies.
struct Agreement {
  Total total;
  std::size_t a, b;
  PolicyGroup group;
  std::size_t policies;
  PairCounts pairs;
  std::optional<double> spearman;  // none where a machine cannot tell any two apart
  std::optional<double> kendall;
  std::vector<Swap> swaps;  // those that matter most first, at most kMostToldSwaps
};
/// Of each total, pair of machines and group of two policies at least, in this nesting. None of a
/// grid of machines.
std::vector<Agreement> agreements(const Comparison& comparison);

/// The place of each cost among all, from 1, the least first; equal costs share the least.
std::vector<int> places(const std::vector<double>& costs);

/// What something costs at a number of bits.
struct CostAtBits {
  int bits;
  double cost;
};

/// The widest bits below which no step pays: a step from one entry to the next saves less than
/// `gain_percent` of the cost before it. The last entry's bits where its step pays. `costs` has an
/// entry at least.
int bits_stop_paying(const std::vector<CostAtBits>& costs, double gain_percent);
/// The same of a sweep's network, and of each of its layers.
int network_stops(const Sweep& sweep, Total total, double gain_percent);
std::vector<int> layer_stops(const Sweep& sweep, Total total, double gain_percent);
/// Per cent of the total that each step of a sweep saves.
std::vector<double> step_gains(const Sweep& sweep, Total total);

/// `compare --json`, schema 1.
std::string comparison_json(const Comparison& comparison);
/// One row a policy and machine; of a grid with what the machine takes of the chip, and last the
/// values of its keys.
std::string comparison_csv(const Comparison& comparison);

}  // namespace bitloom::reports
