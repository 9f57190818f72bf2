#include "reports/html/cost_line.h"

#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/html/cost_units.h"
#include "reports/html/figures.h"
#include "reports/html/result_sections.h"

namespace bitloom::reports {
namespace {

Costs costs_at_8_bits(const Run& run) {
  if (!run.costs_at_8_bits.empty()) return run.costs_at_8_bits;
  const Candidate* eight = run.candidate(run.compared_with);
  return eight ? eight->cost() : Costs{};
}

/// How a cost as a whole differs from `value`, of each layer by itself, and by how much it passes
/// the limit; empty where it does neither notably.
std::string whole_text(const std::string& cost, double value, double whole, double limit) {
  constexpr double kNotable = 0.005, kRounding = 1e-9;
  const bool is_over = whole > limit * (1 + kRounding);
  if (!is_over && std::abs(whole - value) <= kNotable * value) return "";
  return amount(cost, whole) + " where layers read each other's bits" +
         (is_over ? fmt::format(", {:.1f} % over the limit", 100 * (whole / limit - 1)) : "");
}

}  // namespace

std::string amount(const std::string& cost, double value) {
  const std::string name = cost.substr(0, cost.rfind('_'));
  return fmt::format("{} {}", name == "bops" ? "BOPs" : name, amount_text(cost, value));
}

std::string cost_line(const Run& run) {
  const Costs found = found_costs(run), eight = costs_at_8_bits(run), whole = whole_costs(run);
  std::vector<std::string> parts;
  for (const char* cost : {"latency_ms", "energy_mj", "dram_mb", "size_mb"}) {
    if (!found.contains(cost)) continue;
    std::string part = amount(cost, found.at(cost));
    std::vector<std::string> shares;
    const bool is_limited = run.limits.contains(cost) && run.limits.at(cost) > 0;
    if (is_limited)
      shares.push_back(
          fmt::format("{:.1f} % of its limit", 100 * found.at(cost) / run.limits.at(cost)));
    if (eight.contains(cost) && eight.at(cost) > 0)
      shares.push_back(
          fmt::format("{:.2f}x of {}", found.at(cost) / eight.at(cost), run.compared_with));
    if (!shares.empty()) part += fmt::format(" ({})", fmt::join(shares, ", "));
    parts.push_back(part);
    if (!whole.contains(cost)) continue;
    const double limit = is_limited ? run.limits.at(cost) : std::numeric_limits<double>::infinity();
    if (const auto text = whole_text(cost, found.at(cost), whole.at(cost), limit); !text.empty())
      parts.push_back(text);
  }
  if (parts.empty()) return "Cost: not priced by this run.";
  std::string line = fmt::format("Cost of the batch: {}.", fmt::join(parts, "; "));
  if (const PricedPolicy* simulated = run.found()) {
    if (const auto& technology = simulated->simulation.energy_technology)
      line += fmt::format(" Energies: of a {}.", *technology);
    if (const std::string range = energy_range_text(simulated->simulation.total); !range.empty())
      line += " " + range;
  }
  if (run.solved && run.solved->energy.ratio_least && run.solved->energy.ratio_most)
    line += fmt::format(" At those bounds, the same for both, it is {:.2f}x to {:.2f}x of {}.",
                        *run.solved->energy.ratio_least, *run.solved->energy.ratio_most,
                        run.compared_with);
  return line;
}

}  // namespace bitloom::reports
