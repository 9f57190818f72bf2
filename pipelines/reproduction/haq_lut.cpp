// HAQ's one published latency table: MobileNet-V2 on the cloud accelerator, cycles for 16 images.
#include <map>

#include <fmt/format.h>

#include "base/csv.h"
#include "pipelines/price.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {

void haq_lut(Comparison& comparison) {
  comparison.assume(
      "The even-numbered layers of the table, 64 pairs of bits each; configuration bismo-cloud, "
      "batch 16.");
  constexpr std::int64_t kMost = std::int64_t{1} << 60;
  const pipelines::Network network =
      load(pipelines::NetworkChoice{"mobilenet_v2"}, comparison.host());
  const sim::CostTable ours = cost_table(
      network,
      load(pipelines::HardwareChoice{.name = "bismo-cloud", .batch = 16}, comparison.host()));
  const CsvTable published = CsvTable::load(Comparison::golden("haq_lut_even_layers.csv"));
  struct Count {
    int entries = 0, equal = 0;
  };
  std::map<std::size_t, Count> by_layer;
  for (const CsvTable::Row& row : published.rows()) {
    const auto layer = static_cast<std::size_t>(row.integer("layer", 0, kMost));
    const graph::Precision bits{static_cast<int>(row.integer("weight_bits", 1, 8)),
                                static_cast<int>(row.integer("activation_bits", 1, 8))};
    Count& count = by_layer[layer];
    ++count.entries;
    count.equal += ours.at(layer, bits).timing.total.count() == row.integer("cycles", 0, kMost);
  }
  for (const auto& [layer, count] : by_layer)
    comparison.add(
        {network.layers.at(layer).name, "entries equal", fmt::format("{}", count.entries)},
        count.equal, exact());
}

}  // namespace bitloom::reproduction
