#include <gtest/gtest.h>

#include "base/error.h"
#include "sim/families/bismo/analytic.h"
#include "tests/rtl/layer_check.h"
#include "tests/rtl/test_cores.h"

namespace bitloom::verify {
namespace {

struct Corner {
  graph::LayerShape layer;
  graph::Precision precision;
  bool signed_activations = false;
  WeightCoding coding = WeightCoding::kSigned;
  Draw draw = Draw::kUniform;
  std::int64_t batch = 1;
};

graph::LayerShape linear(std::int64_t in, std::int64_t out) {
  graph::LayerShape l;
  l.name = "linear";
  l.kind = graph::LayerKind::kLinear;
  l.in_channels = in;
  l.out_channels = out;
  return l;
}

graph::LayerShape padded_convolution(std::int64_t in, std::int64_t out, std::int64_t size) {
  graph::LayerShape l;
  l.name = "convolution";
  l.in_channels = in;
  l.out_channels = out;
  l.kernel = {3, 3};
  l.input = l.output = {size, size};
  return l;
}

std::string check(std::size_t array, const Corner& c) {
  const LinkedCore& linked = test_cores()[array];
  const auto core = linked.make(linked.parameters);
  const hardware::Bismo hw = hardware_of(*core);
  const mapping::Schedule faster =
      analytic::schedule(mapping::map_layer(c.layer, c.precision, hw, c.batch), hw);
  for (const auto outer : {mapping::OuterOperand::kActivations, mapping::OuterOperand::kWeights}) {
    const mapping::Schedule schedule{faster.mapping, outer};
    const ScheduledLayer layer{
        random_workload(c.layer, c.precision, c.batch, c.signed_activations, c.coding, c.draw, 7),
        schedule, analytic::run(schedule, hw).total};
    if (const std::string failure = check_layer(*core, layer); !failure.empty()) return failure;
  }
  return "";
}

constexpr std::size_t kTiny = 0;    // 2 x 8 x 3, accumulators of 24 bits
constexpr std::size_t kMiddle = 2;  // 4 x 32 x 4, 32 bits
constexpr std::size_t kOne = 4;     // 1 x 1 x 1, 16 bits

TEST(Corner, BipolarWeightsTakeNothingFromPadding) {
  for (const int bits : {1, 2, 5})
    for (const bool is_signed : {false, true})
      EXPECT_EQ(check(kMiddle, {.layer = padded_convolution(3, 5, 5),
                                .precision = {1, bits},
                                .signed_activations = is_signed,
                                .coding = WeightCoding::kBipolar}),
                "");
}

TEST(Corner, BipolarWeightsOfADepthwiseLayerAreRefusedWhereImagesShareAWord) {
  graph::LayerShape layer = padded_convolution(2, 2, 3);
  layer.name = "dw";
  layer.kind = graph::LayerKind::kDepthwise;
  layer.groups = 2;
  const Corner corner{
      .layer = layer, .precision = {1, 2}, .coding = WeightCoding::kBipolar, .batch = 2};
  try {
    check(kMiddle, corner);
    FAIL() << "not refused";
  } catch (const UserError& error) {
    EXPECT_STREQ(
        error.what(),
        "layer 'dw': bipolar weights of a depthwise layer need batch 1, got 2: images share a "
        "word, and -1 and +1 leave no zero between them");
  }
}

TEST(Corner, SumsReachTheAccumulatorsLimit) {
  // -2^15 * 1 in 16 bits; 256 products of -2^15 in 24 bits; 1 bit more is refused.
  EXPECT_EQ(check(kOne, {.layer = linear(1, 1), .precision = {16, 1}, .draw = Draw::kLeast}), "");
  EXPECT_EQ(check(kTiny, {.layer = linear(128, 4), .precision = {12, 5}, .draw = Draw::kLeast}),
            "");
  EXPECT_EQ(check(kTiny, {.layer = linear(256, 4), .precision = {16, 1}, .draw = Draw::kLeast}),
            "");
  EXPECT_THROW(check(kTiny, {.layer = linear(257, 4), .precision = {16, 1}, .draw = Draw::kLeast}),
               UserError);
}

TEST(Corner, MostNegativeOperandsOfEveryWidth) {
  for (int bits = 1; bits <= 14; ++bits)
    EXPECT_EQ(check(kMiddle, {.layer = linear(9, 5),
                              .precision = {bits, 15 - bits},
                              .signed_activations = true,
                              .draw = Draw::kLeast,
                              .batch = 3}),
              "");
  EXPECT_EQ(check(kMiddle, {.layer = linear(1, 3),
                            .precision = {16, 16},
                            .signed_activations = true,
                            .draw = Draw::kLeast}),
            "");
}

TEST(Corner, ReductionsFromOneBitToSeveralWords) {
  for (const std::int64_t reduction : {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 97, 160})
    EXPECT_EQ(check(kMiddle, {.layer = linear(reduction, 3), .precision = {3, 2}, .batch = 2}), "");
}

TEST(Corner, RemaindersOfTilesInEveryDirection) {
  for (std::int64_t rows = 1; rows <= 9; ++rows)
    for (std::int64_t columns = 1; columns <= 9; columns += 2)
      EXPECT_EQ(check(kMiddle, {.layer = linear(40, columns), .precision = {2, 2}, .batch = rows}),
                "");
}

TEST(Corner, AccumulatorsStayThroughChunksOfTheReduction) {
  // 33 words of 1 bit on buffers of 16 and 17 words: three chunks a tile pair.
  EXPECT_EQ(check(kTiny, {.layer = linear(260, 7), .precision = {1, 1}, .batch = 5}), "");
}

}  // namespace
}  // namespace bitloom::verify
