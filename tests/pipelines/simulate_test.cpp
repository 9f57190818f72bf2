// Tables of layers whose sums come to the edge of what is counted.
#include "pipelines/simulate.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::pipelines {
namespace {

using testing::complaint;

/// Rows of 2^54 multiply-accumulates at 8/8: 2^60 BOPs each.
std::string large_rows(int count) {
  std::string table = "network,layer,kind,K,I,O,S,IC,OC,batch,abits,wbits,im2col\n";
  for (int i = 0; i < count; ++i)
    table += "n,w" + std::to_string(i) + ",conv,1,32768,32768,1,4096,4096,1,8,8,0\n";
  return table;
}

TEST(SimulatedTable, IsRefusedWhereItsTotalsPass64Bits) {
  const testing::TemporaryFolder folder;
  const auto simulated = [&](int rows) {
    const std::string file = folder.write("t.csv", large_rows(rows));
    return simulate({.layers = LayerTable{file},
                     .hardware = {.name = BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml"}});
  };
  EXPECT_EQ(reports::totals_of(simulated(7)).bops.count(), std::int64_t{7} << 60);
  EXPECT_EQ(complaint([&] { simulated(8); }),
            folder.file("t.csv") +
                ":9: with this layer MACs, bits of weights or BOPs pass 2^63 - 1, the most that is "
                "counted; fewer or smaller layers would be right");
}

TEST(SimulatedTable, OfScaleSimRunsAtTheBitsAndTheBatchThatAreAskedFor) {
  const testing::TemporaryFolder folder;
  const std::string topology = folder.write("net.csv", "Layer, M, N, K,\nq, 16, 32, 64,\n");
  SimulateOptions options{
      .layers = LayerTable{topology},
      .hardware = {.name = BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml"}};
  const reports::Simulation at_8_bits = simulate(options);
  EXPECT_EQ(at_8_bits.batch, 1);
  EXPECT_EQ(at_8_bits.layers.front().row->network, "net");
  options.layers = LayerTable{topology, {.bits = graph::Precision{4, 2}}};
  options.hardware.batch = 3;
  const reports::Totals fewer = reports::totals_of(simulate(options));
  EXPECT_EQ(fewer.bops.count(), 3 * 16 * 32 * 64 * 4 * 2);
  EXPECT_EQ(reports::totals_of(at_8_bits).bops.count(), 16 * 32 * 64 * 64);
  options.layers = LayerTable{folder.write("t.csv", large_rows(1))};
  EXPECT_EQ(complaint([&] { simulate(options); }),
            folder.file("t.csv") + ": batch: every row says its own: leave --batch out");
}

/// A network's policy of 8/8, its layer `name` of `weight_bits`.
std::string policy_of(const graph::Policy& bits, const std::vector<graph::LayerShape>& layers,
                      const std::string& name, const std::string& weight_bits) {
  std::string text = "{\"network\": \"resnet20\", \"layers\": [";
  for (std::size_t i = 0; i < layers.size(); ++i)
    text += fmt::format("{}{{\"name\": \"{}\", \"weight_bits\": {}, \"activation_bits\": {}}}",
                        i == 0 ? "" : ",\n", layers[i].name,
                        layers[i].name == name ? weight_bits : std::to_string(bits[i].weight_bits),
                        bits[i].activation_bits);
  return text + "]}";
}

TEST(Simulated, PartsOfALayerCostWhatLayersOfAsManyFiltersDo) {
  const testing::TemporaryFolder folder;
  const Network network = load({.name = "resnet20"});
  const graph::Policy bits(network.layers.size(), {8, 5});
  SimulateOptions options{
      .layers = NetworkLayers{{.name = "resnet20"}},
      .hardware = {.name = BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml"}};
  const auto priced = [&](const std::string& weight_bits) {
    const std::string file =
        folder.write("p.json", policy_of(bits, network.layers, "layer2.0.conv1", weight_bits));
    options.layers = NetworkLayers{{.name = "resnet20"}, {.file = file}, {"layer2.0.conv1"}};
    return simulate(options);
  };
  const hardware::Hardware machine = load(options.hardware, {});
  graph::LayerShape few = network.layers[7];
  ASSERT_EQ(few.name, "layer2.0.conv1");
  const reports::Simulation parts = priced(R"({"2": 20, "6": 11, "0": 1})");
  ASSERT_EQ(parts.layers.size(), 2u);
  Cycles sum;
  for (const auto& [index, filters, width] : {std::tuple{0, 20, 2}, {1, 11, 6}}) {
    few.out_channels = filters;
    const auto& part = parts.layers[static_cast<std::size_t>(index)];
    EXPECT_EQ(part.job.layer.name, fmt::format("layer2.0.conv1[{}b]", width));
    const cost::LayerCost alone = sim::price(few, {width, 5}, machine, machine.batch());
    EXPECT_EQ(part.result.cost.timing.total, alone.timing.total);
    EXPECT_EQ(part.result.cost.energy.total().count(), alone.energy.total().count());
    sum += alone.timing.total;
  }
  EXPECT_EQ(reports::totals_of(parts).timing.total, sum);
  // Filters of the same bits are one layer.
  EXPECT_EQ(reports::totals_of(priced(R"({"2": 32})")).timing.total,
            reports::totals_of(priced("2")).timing.total);
}

/// Machines of other batches are among the changes: they take as long as their cycles say.
TEST(SimulatedNetwork, TellsHowFarItsChangesAreByTheCyclesOfEach) {
  std::vector<double> steps;
  double done = 0, of = 0;
  const Host host{.progress = [&](const Progress& now) {
    if (now.step != "changes" || now.of == 0 || now.ended) return;
    steps.push_back(now.done - done);
    done = now.done;
    of = static_cast<double>(now.of);
  }};
  simulate({.layers = NetworkLayers{{.name = "resnet20"}},
            .hardware = {.name = BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml"},
            .explain = true},
           host);
  ASSERT_GT(of, 1);
  EXPECT_NEAR(done, of, 1e-6) << "it ends where all are done";
  const auto [least, most] = std::minmax_element(steps.begin(), steps.end());
  EXPECT_GE(*least, -1e-9);
  EXPECT_GT(*most, 2 * of / static_cast<double>(steps.size())) << "not all weigh the same";
}

}  // namespace
}  // namespace bitloom::pipelines
