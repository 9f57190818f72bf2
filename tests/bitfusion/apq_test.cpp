// The table of BitFusion that APQ published, layer by layer.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/csv.h"
#include "pipelines/reproduction/golden_layers.h"
#include "sim/simulator.h"
#include "tests/support/shipped_hardware.h"

namespace bitloom {
namespace {

double relative_error(double ours, double published) { return std::abs(ours / published - 1); }

double millijoules(const cost::LayerCost& cost) {
  constexpr double kPicojoulesPerMillijoule = 1e9;
  return cost.energy.total().count() / kPicojoulesPerMillijoule;
}

TEST(ApqTable, EveryRowHasItsCyclesExactlyAndItsEnergyToRounding) {
  constexpr double kRounding = 1e-14;
  const auto machine = testing::shipped("bitfusion-apq");
  const CsvTable golden = CsvTable::load(BITLOOM_SOURCE_DIR "/tests/golden/apq_bitfusion_part.csv");
  std::size_t exact = 0, close = 0;
  double worst = 0;
  for (const CsvTable::Row& row : golden.rows()) {
    const cost::LayerCost cost =
        sim::price(reproduction::layer_of_apq(row), reproduction::bits_of_apq(row), machine, 1);
    const double error = relative_error(millijoules(cost), row.real("energy_mj"));
    exact += cost.timing.total.count() == row.integer("cycles", 0, std::int64_t{1} << 40);
    close += error < kRounding;
    worst = std::max(worst, error);
  }
  RecordProperty("worst_relative_energy_error", fmt::format("{:.2g}", worst));
  ASSERT_EQ(golden.rows().size(), 3259U);
  EXPECT_EQ(exact, golden.rows().size());
  EXPECT_EQ(close, golden.rows().size()) << worst;
}

TEST(ApqTable, ItsHeadAndTailAreTheirLayers) {
  const auto machine = testing::shipped("bitfusion-apq");
  graph::LayerShape head{.name = "head",
                         .in_channels = 3,
                         .out_channels = 32,
                         .kernel = {3, 3},
                         .stride = {2, 2},
                         .input = {224, 224},
                         .output = {112, 112}};
  head.reads_input = true;
  const cost::LayerCost head_cost = sim::price(head, {8, 8}, machine, 1);
  EXPECT_EQ(head_cost.timing.total.count(), 147'952);
  EXPECT_LT(relative_error(millijoules(head_cost), 0.5061844841862639), 1e-14);
  const graph::LayerShape tail{.name = "tail",
                               .in_channels = 320,
                               .out_channels = 1280,
                               .kernel = {1, 1},
                               .stride = {1, 1},
                               .input = {7, 7},
                               .output = {7, 7}};
  const cost::LayerCost tail_cost = sim::price(tail, {8, 8}, machine, 1);
  EXPECT_EQ(tail_cost.timing.total.count(), 40'804);
  EXPECT_LT(relative_error(millijoules(tail_cost), 0.15180756309769594), 1e-14);
}

}  // namespace
}  // namespace bitloom
