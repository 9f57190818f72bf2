#include "pipelines/explore/metrics.h"

#include "reports/resources.h"

namespace bitloom::pipelines {
namespace {

constexpr const char* kLut = "lut";
constexpr const char* kOmega = "omega";
constexpr const char* kThroughputPerLut = "throughput_per_lut";

struct CostMetric {
  const char* column;
  const char* objective;
  double (*value)(const NetworkCosts& costs);
};

constexpr CostMetric kCosts[] = {
    {"latency_ms", "latency", [](const NetworkCosts& c) { return c.latency_ms; }},
    {"energy_mj", "energy", [](const NetworkCosts& c) { return c.energy_mj; }},
    {"dram_bytes", "dram_bytes", [](const NetworkCosts& c) { return c.dram_bytes; }},
    {"energy_delay_mj_ms", "energy_delay",
     [](const NetworkCosts& c) { return c.energy_mj * c.latency_ms; }},
    {"worst_layer_ms", "worst_layer", [](const NetworkCosts& c) { return c.worst_layer_ms; }},
};

/// None of a resource that the machine does not tell of.
double amount_of(const std::string& key, const std::vector<sim::Resource>& resources) {
  for (const sim::Resource& resource : resources)
    if (reports::resource_key(resource) == key) return resource.amount;
  return 0;
}

}  // namespace

std::vector<Metric> metrics_of(const sim::Machine& machine, bool chooses_bits) {
  std::vector<Metric> metrics;
  for (const CostMetric& cost : kCosts)
    metrics.push_back({.column = cost.column, .objective = cost.objective});
  bool has_luts = false;
  for (const sim::Resource& resource : machine.resources()) {
    const std::string key = reports::resource_key(resource);
    metrics.push_back({.column = key, .objective = key, .is_of_chip = true});
    has_luts = has_luts || key == kLut;
  }
  if (has_luts)
    metrics.push_back(
        {.column = kThroughputPerLut, .objective = kThroughputPerLut, .more_is_better = true});
  if (chooses_bits) metrics.push_back({.column = kOmega, .objective = kOmega});
  return metrics;
}

std::vector<double> values_of(const std::vector<Metric>& metrics, const NetworkCosts& costs,
                              const sim::Machine& machine) {
  constexpr double kMillisecondsPerSecond = 1e3;
  const std::vector<sim::Resource> resources = machine.resources();
  std::vector<double> values;
  for (const CostMetric& cost : kCosts) values.push_back(cost.value(costs));
  for (std::size_t i = values.size(); i < metrics.size(); ++i)
    if (metrics[i].column == kThroughputPerLut)
      values.push_back(kMillisecondsPerSecond / costs.latency_ms / amount_of(kLut, resources));
    else if (metrics[i].column == kOmega)
      values.push_back(costs.omega);
    else
      values.push_back(amount_of(metrics[i].column, resources));
  return values;
}

}  // namespace bitloom::pipelines
