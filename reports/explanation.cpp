#include "reports/explanation.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/scaled_units.h"
#include "reports/resources.h"
#include "reports/simulation.h"
#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kGiga = 1e9;

double saved_percent(Cycles from, Cycles to) {
  return 100 * (1 - static_cast<double>(to.count()) / static_cast<double>(from.count()));
}

/// The lifts that save most of a layer, at most two that save a half per cent: `array 48, memory
/// 3`.
std::string best_lifts(const Explanation& e, const SimulatedLayer& layer) {
  std::vector<std::pair<double, std::string_view>> saved;
  for (std::size_t l = 0; l < e.lifts.size(); ++l)
    saved.emplace_back(saved_percent(layer.result.cost.timing.total, layer.explanation->lifted[l]),
                       e.lifts[l].short_name);
  std::stable_sort(saved.begin(), saved.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> best;
  for (const auto& [percent, name] : saved)
    if (percent >= 0.5 && best.size() < 2) best.push_back(fmt::format("{} {:.0f}", name, percent));
  return fmt::format("{}", fmt::join(best, ", "));
}

std::string roof_text(const sim::Roofline& r) {
  return fmt::format("{:.0f}{}", 100 * r.attained() / r.ceiling(), to_text(r.roof()).front());
}

sim::Roofline total_roofline(const Simulation& s) {
  return std::accumulate(s.layers.begin() + 1, s.layers.end(),
                         s.layers.front().explanation->roofline,
                         [](const sim::Roofline& sum, const SimulatedLayer& layer) {
                           return sum + layer.explanation->roofline;
                         });
}

/// A share of all layers together, each with a weight; none where the family does not say.
template <class Weight>
std::optional<double> total_share(const Simulation& s,
                                  std::optional<double> LayerExplanation::*share, Weight weight) {
  double sum = 0, weights = 0;
  for (const SimulatedLayer& layer : s.layers) {
    const std::optional<double>& of_layer = (*layer.explanation).*share;
    if (!of_layer) return std::nullopt;
    sum += *of_layer * weight(layer.result.cost);
    weights += weight(layer.result.cost);
  }
  return sum / weights;
}

std::optional<double> total_dram_used(const Simulation& s) {
  return total_share(s, &LayerExplanation::dram_used, [](const cost::LayerCost& cost) {
    return static_cast<double>(cost.dram.count());
  });
}

std::optional<double> total_units_used(const Simulation& s) {
  return total_share(s, &LayerExplanation::units_used, [](const cost::LayerCost& cost) {
    return static_cast<double>(cost.timing.compute.count());
  });
}

/// What of memory or of the array is used, as far as the family says.
std::optional<double> used_of(const LayerExplanation& layer) {
  return layer.dram_used ? layer.dram_used : layer.units_used;
}

/// Which columns the family can fill.
struct LimitColumns {
  bool used, bound, lifts;
};
LimitColumns columns_of(const Simulation& s) {
  const LayerExplanation& first = *s.layers.front().explanation;
  return {used_of(first).has_value(), !first.bound.empty(), !s.explanation->lifts.empty()};
}

std::string used_text(const Simulation& s) {
  const LayerExplanation& first = *s.layers.front().explanation;
  if (first.dram_used) return " used: % of each beat or burst that the layer needs.";
  return first.units_used ? " used: % that the layer needs of what the array could multiply while "
                            "it computes."
                          : "";
}

TextTable limits_table(const Simulation& s) {
  const LimitColumns has = columns_of(s);
  std::vector<Column> columns{{"layer", Align::kLeft}, {"mW"}, {"BOPs/B"}};
  if (has.used) columns.push_back({"used"});
  columns.push_back({"%roof"});
  if (has.bound) columns.push_back({"bound by", Align::kLeft});
  if (has.lifts) columns.push_back({"lifting one saves, %", Align::kLeft});
  TextTable table(std::move(columns));
  const auto add = [&](const std::string& name, double milliwatts, const sim::Roofline& roof,
                       std::optional<double> used, const std::string& bound,
                       const std::string& best) {
    std::vector<std::string> cells{name, fmt::format("{:.0f}", milliwatts),
                                   fmt::format("{:.0f}", roof.intensity())};
    if (has.used) cells.push_back(fmt::format("{:.0f}", 100 * used.value_or(0)));
    cells.push_back(roof_text(roof));
    if (has.bound) cells.push_back(bound);
    if (has.lifts) cells.push_back(best);
    table.add_row(std::move(cells));
  };
  for (const SimulatedLayer& layer : s.layers) {
    const cost::LayerCost& cost = layer.result.cost;
    const LayerExplanation& e = *layer.explanation;
    add(layer.job.layer.name, power_mw(cost.energy, cost.timing.total, s.clock), e.roofline,
        used_of(e), e.bound, best_lifts(*s.explanation, layer));
  }
  const Totals t = totals_of(s);
  table.add_rule();
  add("total", power_mw(t.energy, t.timing.total, s.clock), total_roofline(s),
      total_dram_used(s) ? total_dram_used(s) : total_units_used(s), "", "");
  return table;
}

/// The third roof, where DRAM has one of its own.
std::string ports_text(const sim::Roofline& roofs) {
  if (!roofs.has_dram) return "";
  return fmt::format(" or the ports' {} (p)", bytes_rate_text(roofs.port_bytes_per_second / kGiga));
}

std::string layers_text(const Simulation& s, std::size_t max_width) {
  const LimitColumns has = columns_of(s);
  const sim::Roofline total = total_roofline(s);
  return "\nlimits of each layer\n" + limits_table(s).text(max_width) +
         wrapped(
             fmt::format("mW: energy / time. BOPs/B: MACs x W x A for each byte of DRAM.{} %roof: "
                         "of the roofline, which is the array's {} (a){} the memory's {} (m){}.{}",
                         used_text(s), bops_rate_text(total.peak_bops_per_second / kGiga),
                         total.has_dram ? "," : " or",
                         bytes_rate_text(total.bytes_per_second / kGiga), ports_text(total),
                         has.lifts ? " Lifts: the two that save most (from 0.5 %)." : ""),
             std::min<std::size_t>(max_width, 80), "");
}

std::string lifts_text(const Simulation& s, std::size_t max_width) {
  const Explanation& e = *s.explanation;
  if (e.lifts.empty()) return "";
  const Cycles from = totals_of(s).timing.total;
  TextTable table(
      {{"limit", Align::kLeft}, {"cycles"}, {"saved%"}, {"the machine then", Align::kLeft}});
  for (std::size_t l = 0; l < e.lifts.size(); ++l) {
    const Cycles to = total_lifted(s, l);
    table.add_row({std::string(e.lifts[l].name), fmt::format("{}", to.count()),
                   fmt::format("{:.1f}", saved_percent(from, to)), std::string(e.lifts[l].doc)});
  }
  return "\none limit lifted at a time, all layers\n" + table.text(max_width);
}

std::string elasticities_text(const Explanation& e, std::size_t max_width) {
  TextTable table({{"1 % more of", Align::kLeft},
                   {"value"},
                   {"unit", Align::kLeft},
                   {"energy"},
                   {"array"},
                   {"buffers"},
                   {"DRAM"},
                   {"static"},
                   {"latency"}});
  const auto cell = [](double percent) { return fmt::format("{:.3f}", percent); };
  for (const sim::Elasticity& each : e.elasticities)
    table.add_row({each.constant.name, fmt::format("{:g}", each.constant.value), each.constant.unit,
                   cell(each.energy), cell(each.compute), cell(each.buffer), cell(each.dram),
                   cell(each.leakage), cell(each.latency)});
  return "\nsensitivity: % by which the totals grow with 1 % more of a constant\n" +
         table.text(max_width);
}

/// What the machine's family explains of each layer.
std::string family_text(const Simulation& s, std::size_t max_width) {
  if (s.report.explanation_title.empty()) return "";
  std::string text = "\n" + s.report.explanation_title + "\n";
  for (const SimulatedLayer& layer : s.layers) {
    text += fmt::format("{} {}\n", layer.job.layer.name, graph::to_text(layer.job.precision));
    for (const sim::Line& line : layer.report.explanation) {
      const std::string indent(11, ' ');
      text += wrapped(line.text, std::min<std::size_t>(max_width, 100), indent)
                  .replace(0, indent.size(), fmt::format("  {:<9}", line.label));
    }
  }
  return text;
}

}  // namespace

std::string lift_key(const sim::Lift& lift) {
  std::string key(lift.name);
  std::replace(key.begin(), key.end(), ' ', '_');
  return key;
}

Cycles total_lifted(const Simulation& s, std::size_t lift) {
  return std::accumulate(s.layers.begin(), s.layers.end(), Cycles(),
                         [&](Cycles sum, const SimulatedLayer& layer) {
                           return sum + layer.explanation->lifted[lift];
                         });
}

std::string explanation_text(const Simulation& s, std::size_t max_width) {
  return family_text(s, max_width) + layers_text(s, max_width) +
         changes_text(s.explanation->as_is, s.explanation->changes, s.batch.has_value(),
                      max_width) +
         lifts_text(s, max_width) + elasticities_text(*s.explanation, max_width);
}

Json layer_explanation_json(const Explanation& e, const LayerExplanation& layer) {
  const sim::Roofline& r = layer.roofline;
  Json json{{"roofline",
             {{"bops_per_byte", r.intensity()},
              {"macs_per_byte", r.macs / r.bytes},
              {"attained_gbops", r.attained() / kGiga},
              {"ceiling_gbops", r.ceiling() / kGiga},
              {"under", to_text(r.roof())}}}};
  if (layer.dram_used) json["dram_used"] = *layer.dram_used;
  if (layer.units_used) json["units_used"] = *layer.units_used;
  if (!layer.bound.empty()) json["bound_by"] = layer.bound;
  for (std::size_t l = 0; l < e.lifts.size(); ++l)
    json["lifted_cycles"][lift_key(e.lifts[l])] = layer.lifted[l].count();
  return json;
}

Json explanation_json(const Simulation& s) {
  const Explanation& e = *s.explanation;
  const sim::Roofline total = total_roofline(s);
  Json json{{"roofline",
             {{"peak_gbops", total.peak_bops_per_second / kGiga},
              {"memory_gb_per_s", total.bytes_per_second / kGiga},
              {"bops_per_byte", total.intensity()},
              {"attained_gbops", total.attained() / kGiga},
              {"ceiling_gbops", total.ceiling() / kGiga}}}};
  if (total.has_dram) json["roofline"]["ports_gb_per_s"] = total.port_bytes_per_second / kGiga;
  for (std::size_t l = 0; l < e.lifts.size(); ++l)
    json["lifted_cycles"][lift_key(e.lifts[l])] = total_lifted(s, l).count();
  for (const sim::Elasticity& each : e.elasticities)
    json["sensitivity"][each.constant.name] = {{"energy", each.energy},  {"compute", each.compute},
                                               {"buffer", each.buffer},  {"dram", each.dram},
                                               {"static", each.leakage}, {"latency", each.latency}};
  if (const auto used = total_dram_used(s)) json["dram_used"] = *used;
  if (const auto used = total_units_used(s)) json["units_used"] = *used;
  if (!e.as_is.resources.empty()) json["resources"] = resources_json(e.as_is.resources);
  if (!e.changes.empty()) json["changes"] = changes_json(e.as_is, e.changes);
  return json;
}

}  // namespace bitloom::reports
