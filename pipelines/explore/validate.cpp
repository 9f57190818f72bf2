#include "pipelines/explore/validate.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/explore/crew.h"
#include "pipelines/explore/store.h"
#include "pipelines/explore/summary.h"

namespace bitloom::pipelines {
namespace {

std::size_t metric_at(const std::string& column, const Space& space) {
  for (std::size_t i = 0; i < space.metrics.size(); ++i)
    if (space.metrics[i].column == column) return i;
  throw InternalError("every machine has this cost");
}

}  // namespace

reports::Validation validate_front(const std::string& path, const std::optional<std::string>& where,
                                   const sim::Engine& engine, int jobs, const Host& host) {
  Store store = Store::read(path);
  const Space space = space_of_store(store, host);
  const reports::Exploration shown = summary_of(store, where);
  if (shown.front.empty())
    throw UserError(
        where ? fmt::format("--validate: nothing to validate: {} has no feasible point "
                            "where {}",
                            path, *where)
              : fmt::format("--validate: nothing to validate: {} has no feasible point", path));
  const Evaluator evaluator(space, engine);
  reports::Validation result{
      path, store.about().engine, std::string(engine.name), space.technology, {}};
  const std::size_t latency = metric_at("latency_ms", space),
                    energy = metric_at("energy_mj", space);
  Step step(host, "validate", "points");
  const std::size_t at_once = static_cast<std::size_t>(std::max(1, jobs)) * 4;
  const auto crew = forked_crew(evaluator, jobs);
  std::vector<std::int64_t> points;
  for (const reports::ExploredPoint& point : shown.front) points.push_back(point.number);
  for (std::size_t begin = 0; begin < points.size(); begin += at_once) {
    const std::size_t end = std::min(begin + at_once, points.size());
    const auto again = crew->evaluate({points.begin() + static_cast<std::ptrdiff_t>(begin),
                                       points.begin() + static_cast<std::ptrdiff_t>(end)});
    for (std::size_t i = begin; i < end; ++i) {
      const Evaluated& other = again[i - begin];
      const std::vector<double>& costs = shown.front[i].metrics;
      result.points.push_back({.number = points[i],
                               .latency_ms = costs[latency],
                               .energy_mj = costs[energy],
                               .refusal = other.refusal});
      if (!other.refusal.empty()) continue;
      result.points.back().other_latency_ms = other.metrics[latency];
      result.points.back().other_energy_mj = other.metrics[energy];
    }
    step.update(static_cast<double>(end), static_cast<std::int64_t>(points.size()));
  }
  return result;
}

}  // namespace bitloom::pipelines
