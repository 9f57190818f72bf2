// The section of a report that a comparison of machines makes.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "reports/html/cost_units.h"
#include "reports/html/result_sections.h"
#include "reports/html/vega.h"

namespace bitloom::reports {
namespace {

constexpr int kPlotHeight = 320;

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

double image_ms(const ComparisonFile& c, const PlacedPolicy& policy, std::size_t machine) {
  return policy.costs.at(machine)->latency_ms / static_cast<double>(c.hardware[machine].batch);
}
double image_mj(const ComparisonFile& c, const PlacedPolicy& policy, std::size_t machine) {
  return policy.costs.at(machine)->energy_mj / static_cast<double>(c.hardware[machine].batch);
}

/// An end of the range of an image's energy; none where no constant of the machine is bounded.
std::optional<double> image_end(const ComparisonFile& c, const PlacedPolicy& policy,
                                std::size_t machine, const std::optional<double> EnergyEnds::*end) {
  const std::optional<double> mj = policy.costs.at(machine)->energy.*end;
  return mj ? std::optional(*mj / static_cast<double>(c.hardware[machine].batch)) : std::nullopt;
}

bool has_energy_ranges(const ComparisonFile& c) {
  return std::any_of(c.policies.begin(), c.policies.end(), [](const PlacedPolicy& policy) {
    return std::any_of(policy.costs.begin(), policy.costs.end(),
                       [](const auto& cost) { return cost && cost->energy.least_mj; });
  });
}

/// `0.9 mJ (0.4 to 2.6 mJ by what bounds its constants)`, of an image.
std::string energy_text(const ComparisonFile& c, const PlacedPolicy& policy, std::size_t machine) {
  const std::string text = amount_text("energy_mj", image_mj(c, policy, machine));
  const auto least = image_end(c, policy, machine, &EnergyEnds::least_mj);
  const auto most = image_end(c, policy, machine, &EnergyEnds::most_mj);
  return least && most ? fmt::format("{} ({})", text, energy_bounds_text(*least, *most)) : text;
}

/// The values that a machine of a grid has: `dk=64 batch=4`.
std::string values_text(const ComparedHardware& machine) {
  std::string values;
  for (const auto& [key, value] : machine.set)
    values +=
        fmt::format("{}{}={}", values.empty() ? "" : " ", key.substr(key.rfind('.') + 1), value);
  return values;
}

/// `bismo-edge`, or the values of a machine of a grid where they tell it from all others.
std::string short_name(const ComparisonFile& c, std::size_t machine) {
  const std::string values = values_text(c.hardware[machine]);
  const auto same =
      std::count_if(c.hardware.begin(), c.hardware.end(),
                    [&](const ComparedHardware& other) { return values_text(other) == values; });
  return values.empty() || same > 1 ? c.hardware[machine].name : values;
}

/// The machines on which a policy takes least time and least energy an image.
struct Best {
  std::size_t fastest, thriftiest;
};
std::optional<Best> best_of(const ComparisonFile& c, const PlacedPolicy& policy) {
  std::optional<Best> best;
  for (std::size_t m = 0; m < c.hardware.size(); ++m) {
    if (!policy.costs.at(m)) continue;
    if (!best) best = {m, m};
    if (image_ms(c, policy, m) < image_ms(c, policy, best->fastest)) best->fastest = m;
    if (image_mj(c, policy, m) < image_mj(c, policy, best->thriftiest)) best->thriftiest = m;
  }
  return best;
}

/// Names at the dots: the policies', or in a grid those of each policy's best machines.
Json names_of_dots(const ComparisonFile& c) {
  constexpr std::size_t kMost = 24;
  Json names = Json::array();
  const auto add = [&](const std::string& name, const PlacedPolicy& policy, std::size_t m) {
    names.push_back({{"name", name}, {"x", image_ms(c, policy, m)}, {"y", image_mj(c, policy, m)}});
  };
  for (const PlacedPolicy& policy : c.policies) {
    const auto best = best_of(c, policy);
    if (!best || policy.group != "given") continue;
    if (has_a_grid(c)) {
      add(short_name(c, best->fastest), policy, best->fastest);
      if (best->thriftiest != best->fastest)
        add(short_name(c, best->thriftiest), policy, best->thriftiest);
    } else {
      for (std::size_t m = 0; m < c.hardware.size(); ++m) add(policy.name, policy, m);
    }
  }
  return names.size() <= kMost ? names : Json::array();
}

/// A row a policy and machine; with what its energy may be where any machine's constants are
/// bounded.
DataTable costs_data(const ComparisonFile& c) {
  DataTable data{{"policy", "group", "hardware", "batch", "latency_ms", "energy_mj"}, {}};
  const bool has_ranges = has_energy_ranges(c);
  if (has_ranges) data.columns.insert(data.columns.end(), {"energy_least_mj", "energy_most_mj"});
  for (const PlacedPolicy& policy : c.policies)
    for (std::size_t m = 0; m < c.hardware.size(); ++m) {
      if (!policy.costs.at(m)) continue;
      std::vector<Json> row{policy.name,         policy.group,           c.hardware[m].name,
                            c.hardware[m].batch, image_ms(c, policy, m), image_mj(c, policy, m)};
      for (const auto end : {&EnergyEnds::least_mj, &EnergyEnds::most_mj}) {
        if (!has_ranges) continue;
        const std::optional<double> mj = image_end(c, policy, m, end);
        row.push_back(mj ? Json(*mj) : Json());
      }
      data.rows.push_back(std::move(row));
    }
  return data;
}

/// Time and energy of an image: a dot a policy and machine.
Figure costs_of_policies(const ComparisonFile& c) {
  Figure figure{"costs",
                "Latency and energy",
                "Each policy on each machine, an image of its batch. Dots near the corner are fast "
                "and take little energy.",
                costs_data(c),
                {}};
  if (has_energy_ranges(c))
    figure.caption += " Least and most: what an energy may be by what bounds its constants.";
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
  vega::add_names(figure.spec, names_of_dots(c));
  return figure;
}

/// Whether all machines that tell the technology of their energies have one.
bool is_one_technology(const ComparisonFile& c) {
  std::set<std::string> technologies;
  for (const ComparedHardware& machine : c.hardware)
    if (machine.energy_technology) technologies.insert(*machine.energy_technology);
  return technologies.size() <= 1;
}

/// Which machine takes least energy is told where all energies are of one technology.
std::string best_text(const ComparisonFile& c, const PlacedPolicy& policy, const Best& best) {
  const auto& [fastest, thriftiest] = best;
  const auto ms = [&](std::size_t m) { return amount_text("latency_ms", image_ms(c, policy, m)); };
  const auto mj = [&](std::size_t m) { return energy_text(c, policy, m); };
  if (!is_one_technology(c))
    return fmt::format("{} is fastest: an image takes {} and {}", short_name(c, fastest),
                       ms(fastest), mj(fastest));
  if (fastest == thriftiest)
    return fmt::format("{} is fastest and takes least energy: an image takes {} and {}",
                       short_name(c, fastest), ms(fastest), mj(fastest));
  return fmt::format("{} is fastest: an image takes {} and {}; {} takes least energy: {} and {}",
                     short_name(c, fastest), ms(fastest), mj(fastest), short_name(c, thriftiest),
                     mj(thriftiest), ms(thriftiest));
}

/// For each given policy the machines that do best at it.
std::vector<std::string> best_lines(const ComparisonFile& c) {
  constexpr std::size_t kMost = 8;
  std::vector<std::string> lines;
  for (const PlacedPolicy& policy : c.policies) {
    const auto best = best_of(c, policy);
    if (!best || policy.group != "given" || lines.size() == kMost) continue;
    lines.push_back(fmt::format("At {}: {}.", policy.name, best_text(c, policy, *best)));
  }
  return lines;
}

/// `resnet18: bismo-cloud is the fastest of 3 machines`, where it is so for every given policy.
std::string comparison_title(const ComparisonFile& c) {
  std::optional<std::size_t> fastest;
  for (const PlacedPolicy& policy : c.policies) {
    const auto best = best_of(c, policy);
    if (!best || policy.group != "given") continue;
    if (fastest && *fastest != best->fastest)
      return fmt::format("{} on {} machines", c.network, c.hardware.size());
    fastest = best->fastest;
  }
  if (!fastest || c.hardware.size() < 2)
    return fmt::format("{} on {} machines", c.network, c.hardware.size());
  return fmt::format("{}: {} is the fastest of {} machines", c.network, short_name(c, *fastest),
                     c.hardware.size());
}

/// Of what the energies are: each machine's; of a grid each technology once.
std::vector<std::string> technology_lines(const ComparisonFile& c) {
  std::vector<std::string> lines;
  for (const ComparedHardware& machine : c.hardware) {
    if (!machine.energy_technology) continue;
    const std::string line =
        has_a_grid(c)
            ? fmt::format("Energies: of a {}.", *machine.energy_technology)
            : fmt::format("Energies of {}: of a {}.", machine.name, *machine.energy_technology);
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
  return lines;
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

Section section_of(const ComparisonFile& c, const std::string& id) {
  constexpr std::size_t kMostRefused = 10;
  Section section{
      id,
      comparison_title(c),
      {fmt::format("Priced: {} {} of {} on {} machines{}, {} engine.", c.policies.size(),
                   c.policies.size() == 1 ? "policy" : "policies", c.network, c.hardware.size(),
                   c.energy_table ? " with energies of " + *c.energy_table : "", c.engine)},
      {costs_of_policies(c)},
      {},
      nullptr};
  for (const auto& lines : {best_lines(c), technology_lines(c)})
    section.lines.insert(section.lines.end(), lines.begin(), lines.end());
  for (const ComparedHardware& machine : c.hardware)
    if (machine.energy_technology) section.technologies.push_back(*machine.energy_technology);
  for (std::size_t i = 0; i < std::min(kMostRefused, c.refused.size()); ++i)
    section.lines.push_back(fmt::format("No {} on {}: {}.", c.refused[i].policy, c.refused[i].name,
                                        c.refused[i].reason));
  if (c.refused.size() > kMostRefused)
    section.lines.push_back(
        fmt::format("And {} more that cannot.", c.refused.size() - kMostRefused));
  if (auto figure = costs_by_bits(c)) section.figures.push_back(std::move(*figure));
  return section;
}

}  // namespace bitloom::reports
