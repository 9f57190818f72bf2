#pragma once

#include "reports/results/costs.h"

namespace bitloom {
class JsonValue;
}

/// What a search by sensitivities leaves: `search.json`, `frontier.json`; and `policy.json`, which
/// every search leaves.
namespace bitloom::reports {

/// What a layer's last bit of weights or activations saved and cost.
struct LastBit {
  int from_bits = 0;
  double omega_saved = 0, cost = 0;
  std::optional<double> omega_per_cost;  // none where it cost nothing
};

struct SearchedLayer {
  LayerBits bits;
  double omega = 0;
  Costs costs;
  std::optional<LastBit> last_weight_bit, last_activation_bit;
};

struct SearchFile {
  std::int64_t schema = 1;
  std::string network, hardware, engine;
  std::int64_t batch = 1;
  std::string method, sensitivity, quantizer;
  std::optional<std::string> energy_technology = {};  // `45 nm ASIC`
  std::string minimized;                              // a cost, or `omega`
  Costs limits, costs_at_8_bits;                      // the latter empty where there is a reference
  std::optional<ReferencePolicy> reference = {};
  double omega = 0;
  Costs costs;
  EnergyEnds energy = {};  // its ratio is to that at 8/8, or at the reference
  double bound = 0;
  bool proved_optimal = false;
  std::optional<double> gap = {};  // where it is not proved
  std::string marginal_cost;       // that LastBit::cost is of
  std::vector<SearchedLayer> layers;
};

struct FrontierPoint {
  double limit = 0, omega = 0;
  Costs costs;
  EnergyEnds energy = {};  // its ratio is to that at 8/8, or at the reference
  double bound = 0;
  bool proved_optimal = false;
  std::optional<double> gap = {};   // where it is not proved
  std::vector<std::string> policy;  // `4/6` of each layer
};

struct FrontierFile {
  std::int64_t schema = 1;
  std::string network;
  std::vector<FrontierPoint> points;
};

/// As `--policy` takes it.
struct PolicyFile {
  std::int64_t schema = 1;
  std::string network;
  std::vector<LayerBits> layers;
};

std::string json_text(const SearchFile& search);
std::string json_text(const FrontierFile& frontier);
std::string json_text(const PolicyFile& policy);
SearchFile read_search(const JsonValue& json);
FrontierFile read_frontier(const JsonValue& json);
PolicyFile read_policy(const JsonValue& json);

}  // namespace bitloom::reports
