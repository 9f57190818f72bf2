#include "reports/html/result_sections.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/html/figures.h"
#include "reports/html/vega.h"

namespace bitloom::reports {
namespace {

constexpr int kPlotHeight = 320;

/// A run that found what was simulated, for its figures.
Run run_of(const SimulationFile& simulation) {
  Run run;
  run.network = simulation.network;
  run.hardware = simulation.hardware;
  run.engine = simulation.engine;
  run.batch = simulation.batch;
  for (const LayerCosts& layer : simulation.layers) run.policy.push_back(layer.bits);
  run.priced.push_back({"found", simulation});
  return run;
}

/// What has colours of its own: machines, or policies where the machines are a grid of many.
bool has_a_grid(const ComparisonFile& comparison) {
  return !comparison.hardware.empty() && !comparison.hardware.front().set.empty();
}
const char* colored(const ComparisonFile& comparison) {
  return has_a_grid(comparison) ? "policy" : "hardware";
}

/// A plot of the table with a colour for each machine or policy.
Json colored_plot(const ComparisonFile& comparison, Json scales, Json axes) {
  Json spec = vega::plot(kPlotHeight);
  spec["scales"] = std::move(scales);
  spec["axes"] = std::move(axes);
  std::vector<std::string> names, colors;
  if (has_a_grid(comparison))
    for (const PlacedPolicy& policy : comparison.policies) names.push_back(policy.name);
  else
    for (const ComparedHardware& machine : comparison.hardware) names.push_back(machine.name);
  constexpr std::size_t kColors = 8;
  for (std::size_t i = 0; i < names.size(); ++i)
    colors.push_back(fmt::format("var(--c{})", i % kColors + 1));
  vega::add_colors(spec, names, colors);
  return spec;
}

Json linear(const char* name, const std::string& field, const char* range, bool from_zero) {
  return {{"name", name},   {"type", "linear"}, {"domain", {{"data", "table"}, {"field", field}}},
          {"range", range}, {"nice", true},     {"zero", from_zero}};
}

/// Time and energy of an image: a dot a policy and machine.
Figure costs_of_policies(const ComparisonFile& c) {
  Figure figure{"costs",
                "Latency and energy",
                "Each policy on each machine, an image of its batch. Dots near the corner are fast "
                "and take little energy.",
                {{"policy", "group", "hardware", "batch", "latency_ms", "energy_mj"}, {}},
                {}};
  for (const PlacedPolicy& policy : c.policies)
    for (std::size_t m = 0; m < c.hardware.size(); ++m) {
      const auto images = static_cast<double>(c.hardware[m].batch);
      figure.data.rows.push_back({policy.name, policy.group, c.hardware[m].name,
                                  c.hardware[m].batch, policy.costs.at(m).latency_ms / images,
                                  policy.costs.at(m).energy_mj / images});
    }
  figure.spec = colored_plot(c,
                             Json::array({linear("x", "latency_ms", "width", true),
                                          linear("y", "energy_mj", "height", true)}),
                             Json::array({vega::axis("bottom", "x", "latency of an image (ms)"),
                                          vega::axis("left", "y", "energy of an image (mJ)")}));
  const Json dots{{"type", "symbol"},
                  {"from", {{"data", "table"}}},
                  {"encode",
                   {{"update",
                     {{"x", vega::scale_of("x", "latency_ms")},
                      {"y", vega::scale_of("y", "energy_mj")},
                      {"size", {{"value", 64}}},
                      {"fill", vega::scale_of("color", colored(c))},
                      {"fillOpacity", {{"value", 0.85}}},
                      {"tooltip", vega::signal("datum")}}}}}};
  figure.spec["marks"] = Json::array({dots});
  return figure;
}

/// What is left of the cost at 8 bits, bit by bit; lines of the time where both operands lose bits.
std::optional<Figure> costs_by_bits(const ComparisonFile& c) {
  Figure figure{"bit-sweep",
                "Fewer bits",
                "Latency of uniform policies, in per cent of that at 8/8, where weights and "
                "activations lose bits together. The data have energy, and each operand alone.",
                {{"of", "hardware", "swept", "bits", "cost_pct"}, {}},
                {}};
  for (const BitSweep& sweep : c.sweeps) {
    if (!sweep.step_saves_percent) continue;
    double left = 100;
    for (std::size_t i = 0; i < sweep.bits.size(); ++i) {
      if (i > 0) left *= 1 - sweep.step_saves_percent->at(i - 1) / 100;
      figure.data.rows.push_back({sweep.of, sweep.hardware, sweep.swept, sweep.bits[i], left});
    }
  }
  if (figure.data.rows.empty()) return {};
  Json bits = vega::axis("bottom", "x", "bits", "d");
  bits["values"] =
      std::max_element(c.sweeps.begin(), c.sweeps.end(), [](const BitSweep& a, const BitSweep& b) {
        return a.bits.size() < b.bits.size();
      })->bits;
  figure.spec = colored_plot(
      c,
      Json::array({linear("x", "bits", "width", false), linear("y", "cost_pct", "height", true)}),
      Json::array({bits, vega::axis("left", "y", "% of the latency at 8/8")}));
  const Json both{{"type", "filter"}, {"expr", "datum.of === 'latency' && datum.swept === 'both'"}};
  figure.spec["data"].push_back(
      {{"name", "shown"}, {"source", "table"}, {"transform", Json::array({both})}});
  const Json line{{"type", "line"},
                  {"from", {{"data", "line"}}},
                  {"encode",
                   {{"update",
                     {{"x", vega::scale_of("x", "bits")},
                      {"y", vega::scale_of("y", "cost_pct")},
                      {"strokeWidth", {{"value", 2}}},
                      {"stroke", vega::scale_of("color", "hardware")}}}}}};
  const Json by_machine{{"name", "line"}, {"data", "shown"}, {"groupby", "hardware"}};
  const Json lines{
      {"type", "group"}, {"from", {{"facet", by_machine}}}, {"marks", Json::array({line})}};
  figure.spec["marks"] = Json::array({lines});
  return figure;
}

}  // namespace

Section section_of(const SimulationFile& s, const std::string& id) {
  const Run run = run_of(s);
  const std::string batch = s.batch ? fmt::format(", batch of {}", *s.batch) : "";
  Section section{id,
                  fmt::format("{} on {}", s.network, s.hardware),
                  {fmt::format("Priced: {} layers of {} on {}{}, {} engine.", s.layers.size(),
                               s.network, s.hardware, batch, s.engine),
                   fmt::format("Cost: latency {} ms, energy {} mJ, {} MB of DRAM, {} mW.",
                               number_text(s.total.latency_ms), number_text(s.total.energy_mj),
                               number_text(static_cast<double>(s.total.dram_bytes) * 1e-6),
                               number_text(s.total.power_mw))},
                  {},
                  {},
                  nullptr};
  if (s.energy_technology)
    section.lines.push_back(fmt::format("Energies: of a {}.", *s.energy_technology));
  if (s.energy_within)
    section.lines.push_back(
        fmt::format("Error of energies: a total may be {} what is told.", *s.energy_within));
  for (auto figure :
       {bits_figure(run), latency_figure(run), energy_figure(run), roofline_figure(run)})
    if (figure) section.figures.push_back(std::move(*figure));
  return section;
}

Section section_of(const ComparisonFile& c, const std::string& id) {
  Section section{id,
                  fmt::format("{} on {} machines", c.network, c.hardware.size()),
                  {fmt::format("Priced: {} policies of {} on {} machines, {} engine.",
                               c.policies.size(), c.network, c.hardware.size(), c.engine)},
                  {costs_of_policies(c)},
                  {},
                  nullptr};
  for (const ComparedHardware& machine : c.hardware)
    if (machine.energy_technology && !has_a_grid(c))
      section.lines.push_back(
          fmt::format("Energies of {}: of a {}.", machine.name, *machine.energy_technology));
  if (auto figure = costs_by_bits(c)) section.figures.push_back(std::move(*figure));
  return section;
}

}  // namespace bitloom::reports
