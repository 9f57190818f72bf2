// Arrays of scaled planes against level codes and the engines.
#include <gtest/gtest.h>

#include "rtl/verify/core_builder.h"
#include "rtl/verify/plane_codes.h"
#include "sim/families/bismo/analytic.h"
#include "sim/families/bismo/cycle.h"
#include "tests/rtl/layer_check.h"
#include "tests/rtl/test_cores.h"

namespace bitloom::verify {
namespace {

std::unique_ptr<Core> scaled_core(const LinkedCore& linked) {
  return linked.make(linked.parameters);
}

std::string scaled_name(const ::testing::TestParamInfo<LinkedCore>& info) {
  const CoreParameters& p = info.param.parameters;
  return array_text(p) + "_codes" + std::to_string(p.coefficient_bits);
}

class ScaledArray : public ::testing::TestWithParam<LinkedCore> {};

TEST_P(ScaledArray, ComputesRandomLayersInTheCyclesOfTheModels) {
  const auto core = scaled_core(GetParam());
  EXPECT_EQ(check_random_layers(*core, 500, 11, 6000, 0), "");
}

TEST_P(ScaledArray, KeepsValuesAndTheRulesOfStallsUnderRandomStalls) {
  const auto core = scaled_core(GetParam());
  EXPECT_EQ(check_random_layers(*core, 150, 12, 4000, 1), "");
}

TEST_P(ScaledArray, TakesTheCyclesOfTheSystemCEngine) {
  const auto core = scaled_core(GetParam());
  const hardware::Bismo hardware = hardware_of(*core);
  RandomLayers layers(hardware, 13, 4000);
  for (int i = 0; i < 100; ++i) {
    const ScheduledLayer layer = layers.next();
    const LayerRun run =
        run_layer(*core, layer.workload, layer.schedule, reference_outputs(layer.workload));
    ASSERT_FALSE(run.first_wrong);
    ASSERT_EQ(run.total(), cycle::run(layer.schedule, hardware).timing.total) << "layer " << i;
  }
}

/// With powers of two for codes values are what they are on an array that shifts.
TEST_P(ScaledArray, ComputesOrdinaryCodesToo) {
  const auto core = scaled_core(GetParam());
  RandomLayers layers(hardware_of(*core), 14, 4000);
  for (int i = 0; i < 100; ++i) {
    ScheduledLayer layer = layers.next();
    layer.workload.codes.reset();
    EXPECT_EQ(check_layer(*core, layer), "");
  }
}

INSTANTIATE_TEST_SUITE_P(Scaled, ScaledArray,
                         ::testing::ValuesIn(scaled_cores().begin(), scaled_cores().end()),
                         scaled_name);

graph::LayerShape fully_connected(std::int64_t inputs, std::int64_t outputs) {
  graph::LayerShape layer;
  layer.name = "fc";
  layer.kind = graph::LayerKind::kLinear;
  layer.in_channels = inputs;
  layer.out_channels = outputs;
  return layer;
}

TEST(LevelCodes, AreTheSumsOfThePlanesCodesAsWrittenOut) {
  Workload w = random_workload(fully_connected(2, 2), {2, 3}, 1, false, WeightCoding::kSigned,
                               Draw::kUniform, 1);
  w.activations = {5, 2};      // planes 1 0 1 and 0 1 0
  w.weights = {1, -2, -1, 0};  // 01, 10, 11, 00 of two's complement
  w.codes = PlaneCodes{.weights = {3, 4, 10, 1}, .activations = {7, 0, 9}};
  EXPECT_EQ(level_codes(w).activations, (std::vector<std::int32_t>{7 + 9, 0}));
  EXPECT_EQ(level_codes(w).weights, (std::vector<std::int32_t>{3, -4, 10 - 1, 0}));
  EXPECT_EQ(reference_outputs(w), (std::vector<std::int64_t>{16 * 3, 16 * 9}));
  w.weight_coding = WeightCoding::kBipolar;
  w.weights = {-1, 1, 3, -3};  // 01, 10, 11, 00 of -1 and +1
  EXPECT_EQ(level_codes(w).weights, (std::vector<std::int32_t>{3 - 4, -3 + 4, 10 + 1, -10 - 1}));
}

TEST(LevelCodes, OfPowersOfTwoAreTheValues) {
  for (const WeightCoding coding :
       {WeightCoding::kSigned, WeightCoding::kUnsigned, WeightCoding::kBipolar}) {
    const Workload w =
        random_workload(fully_connected(50, 9), {3, 5}, 2, true, coding, Draw::kUniform, 3);
    const Workload levels = level_codes(w);
    EXPECT_EQ(levels.weights, w.weights);
    EXPECT_EQ(levels.activations, w.activations);
  }
}

TEST(RandomCodes, AddUpToTheMostAtTimesAndNeverToMore) {
  const Workload w = random_workload(fully_connected(4, 2000), {3, 3}, 1, false,
                                     WeightCoding::kSigned, Draw::kUniform, 1);
  const PlaneCodes codes = random_codes(w, 6, false, 1);
  int at_most = 0;
  for (std::size_t i = 0; i < codes.weights.size(); i += 3) {
    const std::uint32_t sum = codes.weights[i] + codes.weights[i + 1] + codes.weights[i + 2];
    ASSERT_LE(sum, 63U);
    at_most += sum == 63;
  }
  EXPECT_GT(at_most, 800);
  EXPECT_LT(at_most, 1400);
}

TEST(RandomLayersOfScaledPlanes, ReachTheAccumulatorsLimit) {
  const auto core = scaled_core(scaled_cores().back());
  RandomLayers layers(hardware_of(*core), 1, 1 << 20);
  std::int64_t least = 0;
  for (int i = 0; i < 100; ++i)
    for (const std::int64_t sum : reference_outputs(layers.next().workload))
      least = std::min(least, sum);
  EXPECT_LT(least, -100);
}

}  // namespace
}  // namespace bitloom::verify
