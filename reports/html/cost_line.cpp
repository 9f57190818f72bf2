#include "reports/html/cost_line.h"

#include <optional>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/html/cost_units.h"
#include "reports/html/figures.h"
#include "reports/html/result_sections.h"
#include "reports/results/findings.h"

namespace bitloom::reports {
namespace {

Costs costs_at_8_bits(const Run& run) {
  if (!run.costs_at_8_bits.empty()) return run.costs_at_8_bits;
  const Candidate* eight = run.candidate(run.compared_with);
  return eight ? eight->cost() : Costs{};
}

/// ` (98.0 % of its limit, 0.48x of 8/8)`; empty where there is nothing to compare with.
std::string shares_text(const std::string& cost, double value, const Costs& eight, const Run& run) {
  std::vector<std::string> shares;
  if (run.limits.contains(cost) && run.limits.at(cost) > 0)
    shares.push_back(fmt::format("{:.1f} % of its limit", 100 * value / run.limits.at(cost)));
  if (eight.contains(cost) && eight.at(cost) > 0)
    shares.push_back(fmt::format("{:.2f}x of {}", value / eight.at(cost), run.compared_with));
  return shares.empty() ? "" : fmt::format(" ({})", fmt::join(shares, ", "));
}

/// By how much the energy is less or more than that of the policy it is compared with, at the
/// bounds of constants; empty where none is bounded.
std::string energy_ratio_text(const Run& run) {
  std::optional<double> least, most;
  if (run.solved) {
    least = run.solved->energy.ratio_least;
    most = run.solved->energy.ratio_most;
  } else if (const Candidate* found = run.candidate("found"),
             *other = run.candidate(run.compared_with);
             found && other) {
    if (const auto ends = energy_ratio(*found, *other)) std::tie(least, most) = *ends;
  }
  if (!least || !most) return "";
  return fmt::format(" At those bounds, the same for both, it is {:.2f}x to {:.2f}x of {}.", *least,
                     *most, run.compared_with);
}

}  // namespace

std::string amount(const std::string& cost, double value) {
  const std::string name = cost.substr(0, cost.rfind('_'));
  return fmt::format("{} {}", name == "bops" ? "BOPs" : name, amount_text(cost, value));
}

std::string cost_line(const Run& run) {
  const Costs found = found_costs(run), eight = costs_at_8_bits(run);
  std::vector<std::string> parts;
  for (const char* cost : {"latency_ms", "energy_mj", "dram_mb", "size_mb"})
    if (found.contains(cost))
      parts.push_back(amount(cost, found.at(cost)) + shares_text(cost, found.at(cost), eight, run));
  if (parts.empty()) return "Cost: not priced by this run.";
  std::string line = fmt::format("Cost of the batch: {}.", fmt::join(parts, "; "));
  if (const PricedPolicy* simulated = run.found()) {
    if (const auto& technology = simulated->simulation.energy_technology)
      line += fmt::format(" Energies: of a {}.", *technology);
    if (const std::string range = energy_range_text(simulated->simulation.total); !range.empty())
      line += " " + range + energy_ratio_text(run);
  }
  return line;
}

}  // namespace bitloom::reports
