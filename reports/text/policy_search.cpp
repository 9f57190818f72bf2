#include "reports/text/policy_search.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/cost_names.h"
#include "reports/millijoules.h"
#include "reports/technology.h"
#include "reports/text/text_table.h"
#include "search/policy/hawq.h"
#include "search/solvers/marginal.h"

namespace bitloom::reports {
namespace {

/// Of lines below a cost's.
constexpr const char* kIndent = "           ";

/// `shown`: the cost that the last bits are exchanged for.
void add_marginal(std::vector<std::string>& row, const std::optional<search::LastBits>& last,
                  const ShownCost& shown) {
  if (!last) {
    row.insert(row.end(), {"-", "-"});
    return;
  }
  const auto rate = last->exchange_rate();
  row.insert(row.end(), {fmt::format("{:.3g}", last->omega_saved),
                         rate ? fmt::format("{:.3g}", *rate * shown.size) : "free"});
}

/// The layers' cost, in the unit that suits the greatest.
ShownCost layer_cost(const PolicySearch& s) {
  const std::size_t cost = s.marginal_cost();
  const search::Problem& problem = s.network->problem;
  double most = 0;
  for (std::size_t i = 0; i < problem.layers.size(); ++i)
    most = std::max(most, problem.layers[i].choices[s.solution.choices[i]].costs[cost]);
  return shown_cost(problem.cost_names[cost], most);
}

/// Layers whose filters have bits of their own, of which no bit is the last.
std::string filter_table(const PolicySearch& s, std::size_t max_width) {
  const std::size_t cost = s.marginal_cost();
  const search::Problem& problem = s.network->problem;
  const ShownCost shown = layer_cost(s);
  TextTable table({{"layer", Align::kLeft}, {"W/A", Align::kLeft}, {shown.heading()}, {"omega"}});
  for (std::size_t i = 0; i < problem.layers.size(); ++i) {
    const search::Choice& choice = problem.layers[i].choices[s.solution.choices[i]];
    table.add_row({problem.layers[i].name, choice.label, shown.cell(choice.costs[cost], 4),
                   fmt::format("{:.4g}", choice.omega)});
  }
  return table.text(max_width);
}

std::string layer_table(const PolicySearch& s, std::size_t max_width) {
  if (s.network->by_filter()) return filter_table(s, max_width);
  const std::size_t cost = s.marginal_cost();
  const search::Problem& problem = s.network->problem;
  const ShownCost shown = layer_cost(s);
  TextTable table({{"layer", Align::kLeft},
                   {"W/A"},
                   {shown.heading()},
                   {"omega"},
                   {"W saved"},
                   {"W rate"},
                   {"A saved"},
                   {"A rate"}});
  for (std::size_t i = 0; i < problem.layers.size(); ++i) {
    const search::Choice& choice = problem.layers[i].choices[s.solution.choices[i]];
    std::vector<std::string> row{problem.layers[i].name, choice.label,
                                 shown.cell(choice.costs[cost], 4),
                                 fmt::format("{:.4g}", choice.omega)};
    const auto marginals = marginals_of(*s.network, i, s.solution.choices[i], cost);
    add_marginal(row, marginals.weights, shown);
    add_marginal(row, marginals.activations, shown);
    table.add_row(row);
  }
  return table.text(max_width);
}

std::string gap_text(const search::Solution& solution) {
  return fmt::format(", gap {:.2g} %: not proved to be the least", 100 * solution.gap);
}

/// Whose the energy's constants are, and what it may be by their bounds.
std::string energy_bounds_text(const PolicySearch& s, const ShownCost& shown) {
  const std::string whose = wrapped(energy_constants_text(s.technology), 80, kIndent);
  const std::optional<sim::EnergyRange>& energy = s.energy;
  if (!energy || !s.energy_at_8_bits) return whose;
  const sim::RatioRange ratio = sim::ratio_range(*energy, *s.energy_at_8_bits);
  return whose +
         wrapped(fmt::format("{} to {}, {:.4f} to {:.4f} of {}, by what bounds {}",
                             shown.text(millijoules(energy->least), 6),
                             shown.text(millijoules(energy->most), 6), ratio.least, ratio.most,
                             graph::to_text(s.reference), fmt::join(energy->constants, ", ")),
                 80, kIndent);
}

std::string minimized_text(const PolicySearch& s, const ShownCost& shown) {
  return fmt::format("bound {}{}", shown.text(s.solution.bound, 6),
                     s.solution.proved_optimal ? ": the least, proved" : gap_text(s.solution));
}

/// `, 0.5000 of 8/8`; empty where that costs nothing.
std::string ratio_text(const PolicySearch& s, std::size_t cost, double value) {
  const double reference = s.costs_at_8_bits[cost];
  if (reference == 0) return "";
  return fmt::format(", {:.4f} of {}", value / reference, graph::to_text(s.reference));
}

std::string omega_text(const PolicySearch& s) {
  std::string text = fmt::format("omega {:.6g}", s.solution.omega);
  if (s.query.max_omega) text += fmt::format(" of {:.6g} allowed", *s.query.max_omega);
  if (!s.query.minimize_cost)
    text += fmt::format(", bound {:.6g}{}", s.solution.bound,
                        s.solution.proved_optimal ? ": the least, proved" : gap_text(s.solution));
  return text + "\n";
}

std::string totals_text(const PolicySearch& s) {
  const search::Problem& problem = s.network->problem;
  std::string text = omega_text(s);
  for (std::size_t k = 0; k < problem.cost_names.size(); ++k) {
    const ShownCost shown = shown_cost(problem.cost_names[k], s.solution.costs[k]);
    text += fmt::format("{:<10} {}{}", shown.name, shown.text(s.solution.costs[k], 6),
                        ratio_text(s, k, s.solution.costs[k]));
    for (const search::Limit& limit : s.query.limits)
      if (limit.cost == k) text += "; limit " + shown.text(limit.value, 6);
    text += "\n";
    if (s.query.minimize_cost == k) text += wrapped(minimized_text(s, shown), 80, kIndent);
    if (problem.cost_names[k] == "energy_mj") text += energy_bounds_text(s, shown);
  }
  return text;
}

/// What closes the text of layers of one width each.
std::string whole_layers_text(const PolicySearch& s, std::size_t max_width) {
  std::vector<Macs> macs;
  for (const graph::LayerShape& layer : s.network->layers) macs.push_back(layer.macs());
  const ShownCost shown = layer_cost(s);
  return fmt::format(
             "compression ratio {:.3f}: 8 sum(MACs) / sum(MACs x max(W, A))\n",
             search::compression_ratio(macs, search::policy_of(*s.network, s.solution.choices))) +
         wrapped(fmt::format(
                     "W, A: the omega that a layer's last weight or activation bit saved; rate: "
                     "that per {} it cost; -: its fewest bits",
                     shown.unit.empty() ? shown.name : shown.unit + " of " + shown.name),
                 max_width, "");
}

/// What closes the text of layers whose filters have bits of their own.
std::string filters_text(const PolicySearch& s, std::size_t max_width) {
  const graph::FilterPolicy policy = search::filter_policy_of(*s.network, s.solution.choices);
  const bool is_used = std::any_of(policy.filters.begin(), policy.filters.end(),
                                   [](const graph::FilterBits& bits) { return !bits.empty(); });
  if (!is_used)
    return wrapped("Bits of each filter gain nothing here: every layer has one width.", max_width,
                   "");
  return wrapped(
      "W: bits and how many filters have them (6:16 4:48), or one number for all. The least is of "
      "policies whose layers have three widths at most (two where several costs are limited), "
      "given to filters in steps and in the order of their omega.",
      max_width, "");
}

/// Why the costs of the layers do not add up.
std::string neighbours_text(const PolicySearch& s, std::size_t max_width) {
  if (!s.network->whole) return "";
  return wrapped(
      "Layers read each other's bits here. The table has each as if those beside it had its bits; "
      "the sums are of the policy as a whole.",
      max_width, "");
}

}  // namespace

std::string policy_search_text(const PolicySearch& s, std::size_t max_width) {
  const search::Sensitivity& sensitivity = s.network->sensitivity;
  return wrapped(fmt::format("{}: {} on {}, batch {}, {} engine; omega by {}, quantizer {}",
                             s.method, sensitivity.network, s.hardware, s.batch, s.engine,
                             sensitivity.method, sensitivity.quantizer),
                 max_width, "") +
         "\n" + layer_table(s, max_width) + "\n" + totals_text(s) +
         (s.network->by_filter() ? filters_text(s, max_width) : whole_layers_text(s, max_width)) +
         neighbours_text(s, max_width);
}

}  // namespace bitloom::reports
