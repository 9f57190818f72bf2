#pragma once

#include "reports/results/costs.h"

namespace bitloom {
class JsonValue;
}

/// `compare --json`.
namespace bitloom::reports {

struct ComparedHardware {
  std::string name;
  std::int64_t batch = 1;
  double clock_mhz = 0;
  Named<std::string> set = {};                        // keys that are swept and their values
  Named<double> resources = {};                       // of the chip: `lut`, `bram36`
  std::optional<std::string> energy_technology = {};  // `45 nm ASIC`
};

/// A machine of a grid that cannot run a policy.
struct RefusedHardware {
  std::string name, policy, reason;
};

/// What a policy costs on a machine, for the whole batch, and its place among all, from 1.
struct PlacedCost {
  std::int64_t cycles = 0;
  double latency_ms = 0, energy_mj = 0;
  std::int64_t dram_bytes = 0;
  int latency_place = 0, energy_place = 0;
  EnergyEnds energy = {};  // its ratio is to the first policy's on the machine
};

struct PlacedPolicy {
  std::string name, group;             // `given` or `random`
  std::vector<std::vector<int>> bits;  // of each layer: of its weights and its activations
  /// By hardware; null where a machine of a grid refuses the policy.
  std::vector<std::optional<PlacedCost>> costs;
  /// Of policies by filter, of each layer: bits of each filter, none where all have the layer's.
  std::optional<std::vector<std::vector<int>>> filter_bits = {};
};

/// Two policies that two machines rank in opposite order.
struct SwappedPolicies {
  std::string better_on_first, better_on_second;
  double percent_on_first = 0, percent_on_second = 0;  // by how much the other costs more there
};

/// Pairs of policies grow with their square; that many are told.
constexpr std::size_t kMostToldSwaps = 100;

/// How far two machines agree on the policies of a group.
struct HardwareAgreement {
  std::string of;  // `latency` or `energy`
  std::vector<std::string> hardware;
  std::string group;
  std::int64_t policies = 0;
  std::optional<double> spearman, kendall;  // none where a machine cannot tell any two apart
  std::int64_t pairs = 0, swapped = 0;
  std::vector<SwappedPolicies> swaps;  // the largest, at most kMostToldSwaps
  std::optional<std::int64_t> swaps_left_out;
};

/// Uniform policies of fewer and fewer bits on a machine. What they save is absent where there is
/// no policy.
struct BitSweep {
  std::string of, hardware;
  std::string swept;  // `weights`, `activations` or `both`
  std::vector<int> bits;
  std::optional<std::string> refused;  // why there are no fewer bits
  std::optional<std::vector<double>> step_saves_percent;
  std::optional<int> stops_at;
  std::optional<Named<int>> layers_stop_at;
};

struct ComparisonFile {
  std::int64_t schema = 1;
  std::string network;
  std::optional<std::vector<std::int64_t>> input;  // none of a table of layers
  std::string engine;
  std::optional<std::string> energy_table = {};
  std::vector<ComparedHardware> hardware;
  std::uint64_t seed = 0;
  std::vector<PlacedPolicy> policies;
  std::vector<HardwareAgreement> agreements;
  double gain_percent = 0;
  std::vector<BitSweep> sweeps;
  std::vector<RefusedHardware> refused = {};
};

std::string json_text(const ComparisonFile& comparison);
ComparisonFile read_comparison(const JsonValue& json);

}  // namespace bitloom::reports
