#include "reports/text/simulation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/scaled_units.h"
#include "reports/millijoules.h"
#include "reports/technology.h"
#include "reports/text/text_table.h"
#include "sim/engine.h"

namespace bitloom::reports {
namespace {

double percent(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

std::string share(Picojoules part, const cost::Energy& energy) {
  return fmt::format("{:.0f}", percent(part.count(), energy.total().count()));
}

/// Of the columns of time and energy.
struct ColumnUnits {
  ColumnUnit time, energy;
};
ColumnUnits column_units(const Simulation& s, const Totals& t) {
  return {time_column(runtime(t.timing.total, s.clock).count()),
          energy_column(millijoules(t.energy.total()))};
}

std::vector<std::string> row(const std::string& name, const std::string& bits,
                             const cost::Timing& timing, Megahertz clock, double utilization,
                             const cost::Energy& energy, const ColumnUnits& units) {
  const auto of_time = [&](Cycles part) {
    return fmt::format("{:.1f}", percent(static_cast<double>(part.count()),
                                         static_cast<double>(timing.total.count())));
  };
  return {name,
          bits,
          fmt::format("{}", timing.total.count()),
          units.time.cell(runtime(timing.total, clock).count()),
          fmt::format("{:.1f}", 100 * utilization),
          of_time(timing.fetch_stall),
          units.energy.cell(millijoules(energy.total())),
          share(energy.compute, energy),
          share(energy.buffer, energy),
          share(energy.dram, energy),
          share(energy.leakage, energy)};
}

std::string images_text(const Simulation& s, double ms) {
  if (!s.batch) return fmt::format("{} for all rows, each at its batch", time_text(ms));
  const auto images = static_cast<double>(*s.batch);
  const double rate = images / ms * 1e3;
  return fmt::format("{} for {} image{} ({} an image, {} images/s)", time_text(ms), *s.batch,
                     *s.batch == 1 ? "" : "s", time_text(ms / images),
                     rate < 10 ? fmt::format("{:.3g}", rate) : fmt::format("{:.1f}", rate));
}

/// Whose energy constants they are.
std::string technology_text(const Simulation& s) {
  const std::string indent(9, ' ');
  const std::string range =
      s.energy_range ? wrapped(fmt::format("{} to {} by what bounds {}",
                                           energy_text(millijoules(s.energy_range->least)),
                                           energy_text(millijoules(s.energy_range->most)),
                                           fmt::join(s.energy_range->constants, ", ")),
                               80, indent)
                     : "";
  return wrapped(energy_constants_text(s.technology), 80, indent) + range;
}

std::string energy_line(const Simulation& s, const Totals& t, double ms) {
  constexpr std::size_t kWidth = 80 - 9;  // after the label
  const double mj = millijoules(t.energy.total());
  const std::string image =
      s.batch ? energy_text(mj / static_cast<double>(*s.batch)) + " an image, " : "";
  const std::string energy = fmt::format("{} ({}{});", energy_text(mj), image, power_text(mj / ms));
  const std::string dram = fmt::format(
      "DRAM reads{} {}", s.writes_back || t.timing.conversion > Cycles() ? " and writes" : "",
      megabytes_text(static_cast<double>(bytes_holding(t.dram).count()) * 1e-6));
  const cost::DramActions& rows = t.dram_actions;
  const std::string bursts =
      rows == cost::DramActions{}
          ? ""
          : wrapped(fmt::format("in {} bursts read and {} written; rows opened: {}{}",
                                rows.read_bursts, rows.write_bursts, rows.activates,
                                s.engine == sim::analytic().name ? " (estimate)" : ""),
                    80, std::string(9, ' '));
  return energy + (energy.size() + 1 + dram.size() <= kWidth ? " " : "\n         ") + dram + "\n" +
         bursts;
}

std::string summary(const Simulation& s, const Totals& t) {
  const double ms = runtime(t.timing.total, s.clock).count();
  const auto of_time = [&](Cycles part) {
    return percent(static_cast<double>(part.count()), static_cast<double>(t.timing.total.count()));
  };
  std::vector<std::string> more;
  if (t.timing.result_stall != Cycles())
    more.push_back(fmt::format("{:.1f} % for results to leave", of_time(t.timing.result_stall)));
  if (t.timing.conversion != Cycles())
    more.push_back(fmt::format("{:.1f} % converting activations", of_time(t.timing.conversion)));
  const std::string rest = more.empty() ? "" : fmt::format(",\n         {}", fmt::join(more, ", "));
  return fmt::format(
      "\nlatency  {}\n"
      "         {:.1f} % computing, {:.1f} % waiting for operands or the pipeline{}\n"
      "energy   {}{}"
      "work     {}, {} (MACs x W x A){}\n"
      "columns  util: bit products needed / possible; fetch: % of cycles waiting; {} by\n"
      "         % array, buffers, DRAM ports, static. Not priced: pooling, adds,\n"
      "         requantization, im2col addressing{}.\n",
      images_text(s, ms), of_time(t.timing.compute), of_time(t.timing.fetch_stall), rest,
      energy_line(s, t, ms), technology_text(s),
      macs_text(static_cast<double>(t.macs.count()) * 1e-6),
      bops_text(static_cast<double>(t.bops.count()) * 1e-9), s.is_table() ? "" : " an image",
      column_units(s, t).energy.name,
      s.report.unpriced.empty() ? "" : fmt::format(", {}", fmt::join(s.report.unpriced, ", ")));
}

/// A table of the family's.
std::string family_table_text(const sim::Table& table, std::size_t max_width) {
  std::vector<Column> columns;
  for (const sim::Table::Column& column : table.columns)
    columns.push_back({column.name, column.is_text ? Align::kLeft : Align::kRight});
  TextTable text(std::move(columns));
  for (const std::vector<std::string>& row : table.rows) text.add_row(row);
  return "\n" + text.text(max_width) + table.below;
}

std::string family_tables_text(const Simulation& s, std::size_t max_width) {
  std::string text;
  for (const sim::Table& table : s.report.tables) text += family_table_text(table, max_width);
  return text;
}

}  // namespace

std::string simulation_text(const Simulation& s, std::size_t max_width) {
  const Totals t = totals_of(s);
  const ColumnUnits units = column_units(s, t);
  TextTable table({{"layer", Align::kLeft},
                   {"W/A"},
                   {"cycles"},
                   {units.time.name},
                   {"util%"},
                   {"fetch"},
                   {units.energy.name},
                   {"arr"},
                   {"buf"},
                   {"ram"},
                   {"sta"}});
  for (const SimulatedLayer& layer : s.layers) {
    const cost::LayerCost& cost = layer.result.cost;
    table.add_row(row(layer.job.layer.name, graph::to_text(layer.job.precision), cost.timing,
                      s.clock, cost.utilization, cost.energy, units));
  }
  table.add_rule();
  table.add_row(row("total", "", t.timing, s.clock, t.utilization, t.energy, units));
  const std::string batch = s.batch ? fmt::format("{}", *s.batch) : "by row";
  const std::string title =
      fmt::format("{} on {}{}, batch {}, {:g} MHz, {} engine", s.network, s.hardware,
                  s.energy_table ? fmt::format(" with energies of {}", *s.energy_table) : "", batch,
                  s.clock.count(), s.engine);
  return wrapped(title, max_width, "") + "\n" + table.text(max_width) +
         family_tables_text(s, max_width) + summary(s, t);
}

}  // namespace bitloom::reports
