// A simulation as CSV.
#include <algorithm>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/csv_parser.h"
#include "base/json.h"
#include "reports/simulation.h"

namespace bitloom::reports {
namespace {

/// Numbers and text under names; the same names in each row.
using Cells = std::vector<std::pair<std::string, std::string>>;

template <class Value>
void add(Cells& cells, const std::string& name, const Value& value) {
  cells.emplace_back(name, fmt::format("{}", value));
}

void add_costs(Cells& cells, const LayerCosts& c) {
  add(cells, "name", csv_cell(c.bits.name));
  add(cells, "kind", c.kind);
  add(cells, "weight_bits", c.bits.weight_bits);
  add(cells, "activation_bits", c.bits.activation_bits);
  add(cells, "cycles", c.cycles);
  add(cells, "latency_ms", c.latency_ms);
  add(cells, "compute_cycles", c.compute_cycles);
  add(cells, "fetch_stall_cycles", c.fetch_stall_cycles);
  add(cells, "result_stall_cycles", c.result_stall_cycles);
  add(cells, "utilization", c.utilization);
  add(cells, "energy_compute_pj", c.energy_pj.compute);
  add(cells, "energy_buffer_pj", c.energy_pj.buffer);
  add(cells, "energy_dram_pj", c.energy_pj.dram);
  add(cells, "energy_static_pj", c.energy_pj.leakage);
  add(cells, "dram_bytes", c.dram_bytes);
  add(cells, "macs", c.macs);
  add(cells, "bops", c.bops);
  add(cells, "power_mw", c.power_mw);
  add(cells, "conversion_cycles", c.conversion_cycles);
  if (c.port_bytes) add(cells, "port_bytes", *c.port_bytes);
}

/// A family's columns are numbers and text.
void add_fact(Cells& cells, const sim::Fact& fact) {
  const std::string text = std::visit(
      [](const auto& value) -> std::string {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::string>)
          return csv_cell(value);
        else if constexpr (std::is_arithmetic_v<Value>)
          return bitloom::json_text(nlohmann::ordered_json(value));
        else
          return "";
      },
      fact.value);
  cells.emplace_back(fact.name, text);
}

void add_shape(Cells& cells, const graph::LayerShape& layer) {
  const auto add_extent = [&](const std::string& name, graph::Extent extent) {
    add(cells, name + "_height", extent.height);
    add(cells, name + "_width", extent.width);
  };
  add(cells, "in_channels", layer.in_channels);
  add(cells, "out_channels", layer.out_channels);
  add_extent("kernel", layer.kernel);
  add_extent("stride", layer.stride);
  add_extent("input", layer.input);
  add_extent("output", layer.output);
  add(cells, "groups", layer.groups);
}

/// What --explain tells: what binds the layer, the share of DRAM's traffic that it needs, and its
/// cycles without each limit.
void add_explanation(Cells& cells, const Explanation& whole, const LayerExplanation& layer) {
  if (!layer.bound.empty()) add(cells, "bound", layer.bound);
  if (layer.dram_used) add(cells, "dram_used", *layer.dram_used);
  if (layer.units_used) add(cells, "units_used", *layer.units_used);
  for (std::size_t i = 0; i < whole.lifts.size(); ++i)
    add(cells, fmt::format("lifted_{}_cycles", lift_key(whole.lifts[i])), layer.lifted[i].count());
}

Cells row_of(const Simulation& s, const SimulatedLayer& layer) {
  Cells cells;
  add_costs(cells, layer_costs(layer, s.clock));
  if (layer.row) {
    add(cells, "network", csv_cell(layer.row->network));
    add(cells, "batch", layer.job.batch);
  }
  for (const sim::Fact& column : layer.report.columns) add_fact(cells, column);
  if (s.explanation) {
    add_shape(cells, layer.job.layer);
    add_explanation(cells, *s.explanation, *layer.explanation);
  }
  return cells;
}

/// The sums under the columns that add up; other cells are empty.
Cells total_row(const Simulation& s, const Cells& columns) {
  Cells sums;
  const Totals t = totals_of(s);
  add(sums, "name", "total");
  add(sums, "cycles", t.timing.total.count());
  add(sums, "latency_ms", runtime(t.timing.total, s.clock).count());
  add(sums, "compute_cycles", t.timing.compute.count());
  add(sums, "fetch_stall_cycles", t.timing.fetch_stall.count());
  add(sums, "result_stall_cycles", t.timing.result_stall.count());
  add(sums, "utilization", t.utilization);
  add(sums, "energy_compute_pj", t.energy.compute.count());
  add(sums, "energy_buffer_pj", t.energy.buffer.count());
  add(sums, "energy_dram_pj", t.energy.dram.count());
  add(sums, "energy_static_pj", t.energy.leakage.count());
  std::int64_t dram_bytes = 0, port_bytes = 0;
  for (const SimulatedLayer& layer : s.layers) {
    dram_bytes += layer.result.cost.dram_bytes().count();
    port_bytes += bytes_holding(layer.port_bits.value_or(Bits())).count();
  }
  add(sums, "dram_bytes", dram_bytes);
  add(sums, "port_bytes", port_bytes);
  add(sums, "macs", t.macs.count());
  add(sums, "bops", t.bops.count());
  add(sums, "power_mw", power_mw(t.energy, t.timing.total, s.clock));
  add(sums, "conversion_cycles", t.timing.conversion.count());
  for (std::size_t i = 0; i < s.explanation->lifts.size(); ++i)
    add(sums, fmt::format("lifted_{}_cycles", lift_key(s.explanation->lifts[i])),
        total_lifted(s, i).count());
  Cells row;
  for (const auto& column : columns) {
    const auto sum = std::find_if(sums.begin(), sums.end(),
                                  [&](const auto& each) { return each.first == column.first; });
    row.emplace_back(column.first, sum == sums.end() ? "" : sum->second);
  }
  return row;
}

void append(std::string& csv, const Cells& row, const std::string Cells::value_type::*part) {
  for (std::size_t i = 0; i < row.size(); ++i) csv += (i == 0 ? "" : ",") + row[i].*part;
  csv += "\n";
}

}  // namespace

std::string simulation_csv(const Simulation& s) {
  std::string csv;
  for (const SimulatedLayer& layer : s.layers) {
    const Cells row = row_of(s, layer);
    if (csv.empty()) append(csv, row, &Cells::value_type::first);
    append(csv, row, &Cells::value_type::second);
  }
  if (s.explanation)
    append(csv, total_row(s, row_of(s, s.layers.front())), &Cells::value_type::second);
  return csv;
}

}  // namespace bitloom::reports
