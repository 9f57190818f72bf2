#include "reports/cost_table.h"

#include <limits>

#include "base/error.h"
#include "base/json.h"
#include "reports/hardware_json.h"
#include "reports/npy.h"

namespace bitloom::reports {
namespace {

struct MetricEntry {
  std::string_view name;
  Metric metric;
};
constexpr MetricEntry kMetrics[] = {{"cycles", Metric::kCycles},
                                    {"energy_pj", Metric::kEnergyPj},
                                    {"dram_bytes", Metric::kDramBytes}};

/// Pairs that cannot run are infinite.
template <class Value, class Read>
std::vector<Value> values_of(const sim::CostTable& table, Read read) {
  std::vector<Value> values;
  for (std::size_t layer = 0; layer < table.layers(); ++layer)
    for (int weight_bits = 1; weight_bits <= table.max_bits(); ++weight_bits)
      for (int activation_bits = 1; activation_bits <= table.max_bits(); ++activation_bits)
        values.push_back(
            table.runs(layer, {weight_bits, activation_bits})
                ? static_cast<Value>(read(table.at(layer, {weight_bits, activation_bits})))
                : std::numeric_limits<Value>::infinity());
  return values;
}

std::vector<std::size_t> shape_of(const sim::CostTable& table) {
  const auto bits = static_cast<std::size_t>(table.max_bits());
  return {table.layers(), bits, bits};
}

/// Whole numbers, where every pair has one.
template <class Read>
std::string npy_of_counts(const sim::CostTable& table, Read read) {
  return table.refused() == 0 ? npy(values_of<std::int64_t>(table, read), shape_of(table))
                              : npy(values_of<double>(table, read), shape_of(table));
}

}  // namespace

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const MetricEntry& entry : kMetrics) names.emplace_back(entry.name);
  return names;
}

std::string_view to_text(Metric metric) {
  for (const MetricEntry& entry : kMetrics)
    if (entry.metric == metric) return entry.name;
  return "";
}

Metric parse_metric(std::string_view name) {
  for (const MetricEntry& entry : kMetrics)
    if (entry.name == name) return entry.metric;
  throw unknown_name("metric", name, metric_names());
}

std::string cost_table_npy(const sim::CostTable& table, Metric metric) {
  using cost::LayerCost;
  switch (metric) {
    case Metric::kCycles:
      return npy_of_counts(table, [](const LayerCost& c) { return c.timing.total.count(); });
    case Metric::kDramBytes:
      return npy_of_counts(table, [](const LayerCost& c) { return c.dram_bytes().count(); });
    case Metric::kEnergyPj:
      return npy(
          values_of<double>(table, [](const LayerCost& c) { return c.energy.total().count(); }),
          shape_of(table));
  }
  throw InternalError("a metric without values");
}

std::string cost_table_json(const sim::CostTable& table, const CostTableOrigin& origin) {
  nlohmann::ordered_json names = nlohmann::ordered_json::array();
  for (const graph::LayerShape& layer : origin.layers) names.push_back(layer.name);
  const nlohmann::ordered_json document{
      {"schema", 1},
      {"network", origin.network},
      {"input",
       origin.input.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(origin.input)},
      {"hardware", origin.hardware.name()},
      {"engine", origin.engine},
      {"batch", origin.batch},
      {"metric", to_text(origin.metric)},
      {"shape", shape_of(table)},
      {"index", kCostTableIndex},
      {"layers", names},
      {"hardware_description", hardware_json(origin.hardware)}};
  return bitloom::json_text(document, 2) + "\n";
}

}  // namespace bitloom::reports
