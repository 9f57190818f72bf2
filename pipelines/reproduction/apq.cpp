// The table of BitFusion that APQ published (Wang et al., CVPR 2020).
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/csv.h"
#include "pipelines/choices.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {
namespace {

/// `(in, out, size, kernel, stride, padding, groups)` of the table.
graph::LayerShape layer_of_apq(const CsvTable::Row& row) {
  constexpr std::int64_t kLargest = 1 << 20;
  const auto number = [&](const char* column) { return row.integer(column, 0, kLargest); };
  const std::int64_t kernel = number("kernel"), stride = number("stride"), size = number("size");
  const std::int64_t output = (size + 2 * number("padding") - kernel) / stride + 1;
  const bool is_depthwise = number("groups") > 1;
  return {.kind = is_depthwise ? graph::LayerKind::kDepthwise : graph::LayerKind::kConvolution,
          .in_channels = number("in_channels"),
          .out_channels = number("out_channels"),
          .kernel = {kernel, kernel},
          .stride = {stride, stride},
          .input = {size, size},
          .output = {output, output},
          .groups = number("groups")};
}

struct Entries {
  int all = 0, cycles = 0, energies = 0;
};

}  // namespace

void apq_lut(Comparison& comparison) {
  constexpr double kPicojoulesPerMillijoule = 1e9, kRounding = 1e-14;
  constexpr std::int64_t kMost = std::int64_t{1} << 60;
  comparison.assume(
      "Half of the 6,567 layers of lut/BitFusion_new.b1.dict, on configuration bitfusion-apq. "
      "Cycles "
      "must be equal, and energies to 1e-14, what rounding of doubles leaves.");
  const hardware::Hardware machine =
      load(pipelines::HardwareChoice{.name = "bitfusion-apq"}, comparison.host());
  const CsvTable published = CsvTable::load(Comparison::golden("apq_bitfusion_part.csv"));
  std::map<std::string, Entries> by_kind;
  for (const CsvTable::Row& row : published.rows()) {
    const graph::LayerShape layer = layer_of_apq(row);
    const graph::Precision bits{static_cast<int>(row.integer("weight_bits", 1, 8)),
                                static_cast<int>(row.integer("activation_bits", 1, 8))};
    const cost::LayerCost ours = sim::price(layer, bits, machine, 1);
    const bool is_depthwise = layer.kind == graph::LayerKind::kDepthwise;
    Entries& entries = by_kind[fmt::format("{}layers at {}", is_depthwise ? "depthwise " : "",
                                           graph::to_text(bits))];
    ++entries.all;
    entries.cycles += ours.timing.total.count() == row.integer("cycles", 0, kMost);
    entries.energies +=
        std::abs(ours.energy.total().count() / kPicojoulesPerMillijoule / row.real("energy_mj") -
                 1) < kRounding;
  }
  for (const auto& [of, entries] : by_kind) {
    const std::string all = fmt::format("{}", entries.all);
    comparison.add({of, "layers with this latency", all}, entries.cycles, exact());
    comparison.add({of, "layers with this energy", all}, entries.energies, exact());
  }
}

}  // namespace bitloom::reproduction
