#include "reports/text/validation.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/scaled_units.h"
#include "reports/technology.h"
#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

/// Of what the other engine tells, the part that the first one tells more.
double off_percent(double value, double other) { return 100 * (value - other) / other; }

std::string off_text(double value, double other) {
  return value == other ? "0" : fmt::format("{:+.2f}", off_percent(value, other));
}

/// Those that suit the greatest time and energy by either engine.
std::pair<ScaledUnit, ScaledUnit> units_of(const Validation& result) {
  double latency = 0, energy = 0;
  for (const ValidatedPoint& point : result.points) {
    latency = std::max({latency, point.latency_ms, point.other_latency_ms});
    energy = std::max({energy, point.energy_mj, point.other_energy_mj});
  }
  return {time_unit(latency), energy_unit(energy)};
}

}  // namespace

std::string validation_text(const Validation& result, std::size_t max_width) {
  const auto [time, joules] = units_of(result);
  TextTable table({{"point"},
                   {result.engine + " " + time.name},
                   {result.other + " " + time.name},
                   {"off %"},
                   {result.engine + " " + joules.name},
                   {result.other + " " + joules.name},
                   {"off %"}});
  double latency = 0, energy = 0;
  std::size_t equal = 0, refused = 0;
  for (const ValidatedPoint& point : result.points) {
    std::vector<std::string> cells{std::to_string(point.number)};
    const auto add = [&](double value, double other, double unit, double& largest) {
      cells.push_back(fmt::format("{:.4f}", value / unit));
      cells.push_back(point.refusal.empty() ? fmt::format("{:.4f}", other / unit) : "refused");
      cells.push_back(point.refusal.empty() ? off_text(value, other) : "-");
      if (point.refusal.empty()) largest = std::max(largest, std::abs(off_percent(value, other)));
    };
    add(point.latency_ms, point.other_latency_ms, time.size, latency);
    add(point.energy_mj, point.other_energy_mj, joules.size, energy);
    refused += !point.refusal.empty();
    equal += point.refusal.empty() && point.latency_ms == point.other_latency_ms &&
             point.energy_mj == point.other_energy_mj;
    table.add_row(std::move(cells));
  }
  std::string text = table.text(max_width);
  text += wrapped(
      fmt::format("{} of {} points are equal by {} and {}; at most {:.2f} % off in time "
                  "and {:.2f} % in energy",
                  equal, result.points.size(), result.engine, result.other, latency, energy),
      max_width, "");
  if (refused > 0) text += fmt::format("{} are refused by {} (--json)\n", refused, result.other);
  return text + wrapped("energy by " + energy_constants_text(result.technology), max_width, "");
}

}  // namespace bitloom::reports
