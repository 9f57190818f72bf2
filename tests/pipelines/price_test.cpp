// Costs by one call.
#include "pipelines/price.h"

#include <gtest/gtest.h>

#include "sim/engines.h"
#include "tests/support/complaint.h"

namespace bitloom {
namespace {

const std::string kEdge = BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml";

TEST(Price, IsTheSimulatorsForEveryLayer) {
  const Price price = bitloom::price("resnet20", kEdge, {.bits = {4, 6}, .batch = 3});
  const auto layers = graph::layers_of(graph::make_network("resnet20"));
  hardware::Hardware machine = pipelines::load(pipelines::HardwareChoice{kEdge}, {});
  const auto costs = sim::price(layers, graph::uniform_policy(layers.size(), {4, 6}), machine, 3);
  ASSERT_EQ(price.layers.size(), costs.size());
  Cycles cycles;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    EXPECT_EQ(price.layers[i].name, layers[i].name);
    EXPECT_EQ(price.layers[i].cost.timing.total, costs[i].timing.total);
    cycles += costs[i].timing.total;
  }
  EXPECT_EQ(price.cycles(), cycles);
  EXPECT_EQ(price.latency().count(), runtime(cycles, machine.clock()).count());
  EXPECT_EQ(price.batch, 3);
}

TEST(Price, OfFewerBitsOrByTheCycleEngineIsKnown) {
  const Price eight = price("resnet20", kEdge);
  const Price four = price("resnet20", kEdge, {.bits = {4, 4}});
  EXPECT_LT(four.cycles(), eight.cycles());
  EXPECT_LT(four.energy().count(), eight.energy().count());
  EXPECT_LE(four.dram(), eight.dram());
  const Price events =
      price("resnet20", kEdge, {.bits = {4, 4}, .engine = {.options = {.engine = sim::cycle()}}});
  EXPECT_EQ(events.cycles(), four.cycles());
}

TEST(Price, TellsWhatIsWrong) {
  const auto complaint = [](const std::string& network, const PriceOptions& options) {
    return testing::complaint([&] { price(network, kEdge, options); });
  };
  EXPECT_EQ(complaint("resnet21", {}).rfind("unknown network 'resnet21': did you mean ", 0), 0u);
  EXPECT_EQ(complaint("resnet20", {.bits = {4, 17}}).rfind("--bits '4/17': must be ", 0), 0u);
}

TEST(CostTable, HasThePricesOfEachPairOfBits) {
  const pipelines::Network network = pipelines::load(pipelines::NetworkChoice{"resnet20"});
  const auto table = cost_table(network, pipelines::load(pipelines::HardwareChoice{kEdge}, {}), 4);
  const Price price = bitloom::price("resnet20", kEdge, {.bits = {2, 4}});
  for (std::size_t i = 0; i < price.layers.size(); ++i)
    EXPECT_EQ(table.at(i, {2, 4}).timing.total, price.layers[i].cost.timing.total);
}

}  // namespace
}  // namespace bitloom
