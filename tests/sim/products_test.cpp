// Products of two activations are priced as the convolutions that compute the same sums, one for
// each image: every image brings a second operand of its own.
#include <gtest/gtest.h>

#include "sim/catalogue.h"
#include "sim/engines.h"
#include "sim/simulator.h"
#include "tests/graph/attention.h"

namespace bitloom::sim {
namespace {

class Products : public ::testing::TestWithParam<const char*> {
 protected:
  hardware::Hardware hardware() const {
    return hardware::load_hardware(GetParam(), BITLOOM_SOURCE_DIR "/configs/hardware");
  }
};

TEST_P(Products, OfTwoActivationsCostWhatGroupedConvolutionsDo) {
  const hardware::Hardware machine = hardware();
  for (const graph::LayerShape& product : graph::layers_of(graph::attention()))
    for (const graph::Precision bits : {graph::Precision{4, 8}, {8, 4}, {3, 3}})
      for (const Engine engine : {analytic(), cycle()}) {
        graph::LayerShape grouped = product;
        grouped.kind = graph::LayerKind::kConvolution;
        grouped.second = graph::SecondOperand::kWeights;
        const cost::LayerCost one = price(product, bits, machine, 1, engine);
        const cost::LayerCost same = price(grouped, bits, machine, 1, engine);
        EXPECT_EQ(one.timing.total, same.timing.total) << product.name;
        EXPECT_EQ(one.dram_bytes(), same.dram_bytes()) << product.name;
        const cost::LayerCost three = price(product, bits, machine, 3, engine);
        // Bits that move are counted whole and bytes rounded up.
        EXPECT_NEAR(three.dram_bytes().count(), 3 * one.dram_bytes().count(), 2) << product.name;
      }
}

TEST_P(Products, OfTwoActivationsTakeLongerWithMoreBitsOfTheSecond) {
  const hardware::Hardware machine = hardware();
  const graph::LayerShape scores = graph::layers_of(graph::attention())[0];
  EXPECT_LT(price(scores, {2, 8}, machine, 1).dram_bytes(),
            price(scores, {8, 8}, machine, 1).dram_bytes());
}

INSTANTIATE_TEST_SUITE_P(Families, Products,
                         ::testing::Values("bismo-edge", "bitfusion-edge-real"));

TEST(ProductNeighbors, ReadResultsAtTheWiderOfBothOperandsBits) {
  const auto layers = graph::layers_of(graph::attention());
  EXPECT_EQ(neighbors_of(layers, {{8, 8}, {6, 3}})[0].output_bits, 6);
  EXPECT_EQ(neighbors_of(layers, {{8, 8}, {3, 7}})[0].output_bits, 7);
}

}  // namespace
}  // namespace bitloom::sim
