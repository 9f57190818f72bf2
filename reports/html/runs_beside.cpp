#include "reports/html/runs_beside.h"

#include <algorithm>

namespace bitloom::reports {
namespace {

bool grows_with_batch(const std::string& cost) {
  return cost == "latency_ms" || cost == "energy_mj" || cost == "dram_mb";
}

}  // namespace

std::optional<std::int64_t> batch_of(const Run& run) {
  if (run.batch) return run.batch;
  return run.found() ? run.found()->simulation.batch : std::nullopt;
}

bool share_batch(const std::vector<Run>& runs) {
  return std::all_of(runs.begin(), runs.end(),
                     [&](const Run& run) { return batch_of(run) == batch_of(runs.front()); });
}

bool share_hardware(const std::vector<Run>& runs) {
  return std::all_of(runs.begin(), runs.end(),
                     [&](const Run& run) { return run.hardware == runs.front().hardware; });
}

bool share_machine(const std::vector<Run>& runs) {
  return share_batch(runs) && share_hardware(runs);
}

Costs costs_of_image(const Costs& costs, const Run& run) {
  Costs of_image;
  const std::optional<std::int64_t> batch = batch_of(run);
  if (batch.value_or(0) < 1) return of_image;
  for (const auto& [cost, value] : costs)
    of_image[cost] = grows_with_batch(cost) ? value / static_cast<double>(*batch) : value;
  return of_image;
}

std::string column_of_image(const std::string& cost) {
  if (!grows_with_batch(cost)) return cost;
  return cost.substr(0, cost.rfind('_')) + "_per_image" + cost.substr(cost.rfind('_'));
}

}  // namespace bitloom::reports
