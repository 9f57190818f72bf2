#include "sim/families/shift/columns.h"

#include <fmt/format.h>

#include "sim/families/shift/area.h"
#include "sim/families/shift/limits.h"
#include "sim/kit/synthesis.h"

namespace bitloom::cost::shift {
namespace {

using mapping::shift::Mapping;

std::string tiles_text(const Mapping& m) {
  return fmt::format("{} of {} filters x {} of {} weights: {}, {} of them selected",
                     std::min(m.columns, m.filters), m.filters, std::min(m.rows, m.reduction),
                     m.reduction, m.tiles(), m.selected);
}

std::string blocks_text(const Mapping& m) {
  const std::string products =
      m.products > 1 ? fmt::format(" in each of {} products", m.products) : "";
  return fmt::format("{} of {} pixels: {}{}; weights come {}", m.block_pixels, m.pixels, m.blocks(),
                     products, m.blocks() == 1 ? "once" : fmt::format("{} times", m.blocks()));
}

std::string spent_text(const Spent& s) {
  return fmt::format(
      "bound by {}: {} cycles compute, {} wait for weights, {} for activations, {} for results; "
      "{} before the first tile, {} after the last",
      bound_by(s), s.compute, s.weight_wait, s.activation_wait, s.result_wait, s.fill, s.drain);
}

}  // namespace

std::string array_text(const hardware::Shift& hw) {
  return fmt::format("{}x{} units", hw.rows, hw.columns);
}

std::vector<sim::Line> facts_of(const hardware::Shift& hw) {
  std::vector<sim::Line> facts{
      {"shift-adds a cycle",
       fmt::format("{}, of words of up to {} bits and activations of up to {}", hw.units(),
                   hw.weight_bits, hw.activation_bits)},
      {"second words", fmt::format("of {:g} % of the tiles", 100 * hw.selected_share)}};
  if (const auto* area = hardware::column_area(hw))
    facts.push_back({"units", fmt::format("{:.0f} LUT, {:.0f} FF (rtl/shift_column.sv synthesized: "
                                          "{} and {} for {} units, by {} for 7-series)",
                                          hardware::of_array(area->luts, hw),
                                          hardware::of_array(area->flip_flops, hw), area->luts,
                                          area->flip_flops, hardware::ShiftColumnArea::kRows,
                                          hardware::kSynthesisTool)});
  facts.push_back({"buffers", fmt::format("{} B of activations, {} B of weights, {} B of sums",
                                          hw.activation_bytes, hw.weight_register_bits() / 8,
                                          hw.sum_bits() / 8)});
  return facts;
}

sim::LayerReport report(const LayerDetails& details) {
  const Mapping& m = details.mapping;
  const Spent& s = details.spent;
  sim::LayerReport report;
  report.columns = {{"tiles", m.tiles()},
                    {"selected_tiles", m.selected},
                    {"block_pixels", m.block_pixels},
                    {"blocks", m.products * m.blocks()},
                    {"shift_adds", details.actions.shift_adds},
                    {"fill_cycles", s.fill},
                    {"weight_wait_cycles", s.weight_wait},
                    {"activation_wait_cycles", s.activation_wait},
                    {"result_wait_cycles", s.result_wait},
                    {"drain_cycles", s.drain}};
  report.facts = report.columns;
  report.explanation = {
      {"tiles", tiles_text(m)}, {"blocks", blocks_text(m)}, {"cycles", spent_text(s)}};
  return report;
}

}  // namespace bitloom::cost::shift
