// The table of BitFusion that APQ published (Wang et al., CVPR 2020).
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/csv.h"
#include "pipelines/choices.h"
#include "pipelines/reproduction/golden_layers.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {
namespace {

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
    const graph::Precision bits = bits_of_apq(row);
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
