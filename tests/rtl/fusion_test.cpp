#include "rtl/verify/fusion_run.h"

#include <gtest/gtest.h>

#include "Vbit_brick.h"
#include "Vfusion_unit_24.h"
#include "tests/rtl/fusion_mutants.h"
#include "tests/support/tiny_layers.h"

namespace bitloom::verify {
namespace {

/// Runs random dot products at every pair of widths, `rounds` times; what went wrong first.
std::string check_all_widths(FusionUnit& unit, std::uint64_t rounds) {
  for (std::uint64_t round = 0; round < rounds; ++round)
    for (int weights = 1; weights <= 16; ++weights)
      for (int activations = 1; activations <= 16; ++activations) {
        const auto seed = (round * 16 + static_cast<std::uint64_t>(weights)) * 16 +
                          static_cast<std::uint64_t>(activations);
        const Workload workload = random_dot_products({weights, activations}, seed);
        const UnitRun run = run_layer(unit, workload, reference_outputs(workload));
        if (run.first_wrong) return graph::to_text(workload.precision) + ": " + *run.first_wrong;
      }
  return "";
}

int value_of(unsigned bits, bool is_signed) {
  return is_signed && bits >= 2 ? static_cast<int>(bits) - 4 : static_cast<int>(bits);
}

TEST(BitBrick, MultipliesAllOperandsOfTwoBits) {
  VerilatedContext context;
  Vbit_brick brick(&context);
  for (unsigned code = 0; code < 64; ++code) {
    const unsigned a = code & 3, w = code >> 2 & 3;
    const bool a_signed = code >> 4 & 1, w_signed = code >> 5 & 1;
    brick.activation_i = static_cast<CData>(a);
    brick.weight_i = static_cast<CData>(w);
    brick.activation_signed_i = a_signed;
    brick.weight_signed_i = w_signed;
    brick.eval();
    EXPECT_EQ(brick.product_o, (value_of(a, a_signed) * value_of(w, w_signed)) & 31) << code;
  }
}

TEST(FusionUnit, ComputesDotProductsAtEveryPairOfWidthsSignedAndUnsigned) {
  EXPECT_EQ(check_all_widths(*make_fusion_unit(), 40), "");
}

TEST(FusionUnit, TakesTheProductsOfItsModeEachCycle) {
  const auto unit = make_fusion_unit();
  const auto cycles = [&](graph::Precision bits) {
    const Workload w = random_workload(testing::tiny_linear(32, 1), bits, 1, true,
                                       WeightCoding::kSigned, Draw::kUniform, 1);
    return run_layer(*unit, w, reference_outputs(w)).cycles;
  };
  EXPECT_EQ(cycles({2, 2}), 2);
  EXPECT_EQ(cycles({2, 4}), 4);
  EXPECT_EQ(cycles({3, 3}), 8);
  EXPECT_EQ(cycles({8, 2}), 8);
  EXPECT_EQ(cycles({8, 8}), 32);
  EXPECT_EQ(cycles({8, 16}), 64);
  EXPECT_EQ(cycles({16, 9}), 128);
}

TEST(FusionUnit, ComputesConvolutionsWithPaddingStrideAndGroups) {
  graph::LayerShape layer = testing::tiny_convolution(4, 6, 3, 4);
  layer.input = {7, 7};
  layer.stride = {2, 2};
  layer.groups = 2;
  const Workload w =
      random_workload(layer, {5, 3}, 2, true, WeightCoding::kSigned, Draw::kUniform, 7);
  const UnitRun run = run_layer(*make_fusion_unit(), w, reference_outputs(w));
  EXPECT_EQ(run.values, 2 * 6 * 4 * 4);
  EXPECT_FALSE(run.first_wrong) << *run.first_wrong;
}

TEST(FusionUnit, HoldsItsRegistersWhileDisabledAndPassesActivationsOn) {
  VerilatedContext context;
  Vfusion_unit_24 unit(&context);
  const auto clock = [&] {
    unit.clk_i = 1;
    unit.eval();
    unit.clk_i = 0;
    unit.eval();
  };
  unit.clk_i = 0;
  unit.eval();
  unit.en_i = 1;
  unit.activation_mode_i = unit.weight_mode_i = 2;
  unit.activations_i = 200;
  unit.weights_i = 3;
  unit.sum_i = 0xffffff;
  clock();
  EXPECT_EQ(unit.sum_o, 599U);
  EXPECT_EQ(unit.activations_o, 200U);
  unit.en_i = 0;
  unit.activations_i = 7;
  clock();
  EXPECT_EQ(unit.sum_o, 599U);
  EXPECT_EQ(unit.activations_o, 200U);
}

class FusionMutation : public ::testing::TestWithParam<FusionMutant> {};

TEST_P(FusionMutation, IsCaughtByDotProducts) {
  const std::string caught = check_all_widths(*GetParam().make(), 2);
  EXPECT_NE(caught, "");
  std::cout << GetParam().name << ": " << caught << "\n";
}

INSTANTIATE_TEST_SUITE_P(Rtl, FusionMutation, ::testing::ValuesIn(fusion_mutants()),
                         [](const auto& info) { return info.param.name; });

TEST(FusionMutations, AreTen) { EXPECT_EQ(fusion_mutants().size(), 10U); }

}  // namespace
}  // namespace bitloom::verify
