#pragma once

#include <string>
#include <vector>

#include "sim/simulator.h"

namespace bitloom::reports {

/// What a look-up table holds.
enum class Metric { kCycles, kEnergyPj, kDramBytes };
std::vector<std::string> metric_names();
std::string_view to_text(Metric metric);
Metric parse_metric(std::string_view name);

/// HAQ's layout, [layer][weight bits - 1][activation bits - 1], as a NumPy file: int64 for cycles
/// and bytes, float64 for pJ. Where a layer cannot be mapped at some pair, all are float64 and that
/// pair is infinite.
std::string cost_table_npy(const sim::CostTable& table, Metric metric);

/// What the table is of; the JSON beside it says so.
struct CostTableOrigin {
  std::string network;
  graph::Shape input;
  std::string engine;
  std::int64_t batch;
  Metric metric;
  std::vector<graph::LayerShape> layers;
  hardware::Hardware hardware;
};
inline constexpr const char* kCostTableIndex = "[layer][weight_bits - 1][activation_bits - 1]";
std::string cost_table_json(const sim::CostTable& table, const CostTableOrigin& origin);

}  // namespace bitloom::reports
