// Quantizers of QONNX by their definitions, in every spelling of the domain.
#include <gtest/gtest.h>

#include "tests/onnx_run/one_node.h"
#include "tests/support/complaint.h"

namespace bitloom {
namespace {

using testing::floats;
using testing::integer;
using testing::node_of;
using testing::number;
using testing::outputs_of;
using testing::text;

using Floats = std::vector<float>;

Floats quantized(const Floats& x, float scale, float zero_point, float bits, bool is_signed,
                 bool is_narrow, const std::string& rounding = "ROUND") {
  auto node = node_of("Quant", 1, 4,
                      {integer("signed", is_signed), integer("narrow", is_narrow),
                       text("rounding_mode", rounding)});
  node.domain = "qonnx.custom_op.general";
  return floats(
      outputs_of(node, {at::tensor(x), number(scale), number(zero_point), number(bits)})[0]);
}

TEST(Quant, CutsToTheLimitsOfItsBits) {
  const Floats x{-100, -8, -7, 7, 8, 100};
  EXPECT_EQ(quantized(x, 1, 0, 4, true, false), (Floats{-8, -8, -7, 7, 7, 7}));
  EXPECT_EQ(quantized(x, 1, 0, 4, true, true), (Floats{-7, -7, -7, 7, 7, 7}));
  EXPECT_EQ(quantized(x, 1, 0, 4, false, false), (Floats{0, 0, 0, 7, 8, 15}));
  EXPECT_EQ(quantized(x, 1, 0, 4, false, true), (Floats{0, 0, 0, 7, 8, 14}));
}

TEST(Quant, GivesRealNumbersOnTheGridOfScaleAndZeroPoint) {
  EXPECT_EQ(quantized({0.3F, -0.6F, 5}, 0.5F, 2, 3, false, false), (Floats{0.5F, -0.5F, 2.5F}));
}

TEST(Quant, OfOneSignedBitIsBipolar) {
  EXPECT_EQ(quantized({-0.1F, 0, 3}, 0.5F, 0, 1, true, false), (Floats{-0.5F, 0.5F, 0.5F}));
}

TEST(Quant, RoundsAsItIsTold) {
  const Floats x{-2.5F, -1.7F, -0.5F, 0.5F, 1.5F, 2.3F};
  const auto rounded = [&](const char* mode) { return quantized(x, 1, 0, 8, true, false, mode); };
  EXPECT_EQ(rounded("ROUND"), (Floats{-2, -2, 0, 0, 2, 2}));
  EXPECT_EQ(rounded("round"), rounded("ROUND"));
  EXPECT_EQ(rounded("CEIL"), (Floats{-2, -1, 0, 1, 2, 3}));
  EXPECT_EQ(rounded("FLOOR"), (Floats{-3, -2, -1, 0, 1, 2}));
  EXPECT_EQ(rounded("UP"), (Floats{-3, -2, -1, 1, 2, 3}));
  EXPECT_EQ(rounded("DOWN"), (Floats{-2, -1, 0, 0, 1, 2}));
  EXPECT_EQ(rounded("HALF_UP"), (Floats{-3, -2, -1, 1, 2, 2}));
  EXPECT_EQ(rounded("HALF_DOWN"), (Floats{-2, -2, 0, 0, 1, 2}));
  EXPECT_EQ(testing::complaint([&] { rounded("NEAREST"); }),
            "unknown rounding_mode 'NEAREST' (known: CEIL, DOWN, FLOOR, HALF_DOWN, HALF_UP, ROUND, "
            "UP)");
}

TEST(Quant, HasAScaleForEachChannelWhereGiven) {
  auto node = node_of("IntQuant", 1, 4);
  const at::Tensor x = at::tensor({1.3F, 1.3F}).reshape({1, 2});
  const at::Tensor scale = at::tensor({1.F, 0.5F}).reshape({1, 2});
  for (const char* domain : {"", "finn.custom_op.general", "onnx.brevitas"}) {
    node.domain = domain;
    const auto y = outputs_of(node, {x, scale, number(0), number(4)});
    EXPECT_EQ(floats(y[0]), (Floats{1, 1.5F})) << domain;
  }
}

TEST(BipolarQuant, IsTheScaleWithASign) {
  auto node = node_of("BipolarQuant", 1, 2);
  node.domain = "onnx.brevitas";
  EXPECT_EQ(floats(outputs_of(node, {at::tensor({-3.F, 0.F, 0.2F}), number(0.25F)})[0]),
            (Floats{-0.25F, 0.25F, 0.25F}));
}

TEST(Trunc, DropsLowBits) {
  auto node = node_of("Trunc", 1, 5);
  node.domain = "qonnx.custom_op.general";
  const std::vector<at::Tensor> inputs{at::tensor({1.25F, -1.25F, 7.5F}), number(0.25F), number(0),
                                       number(6), number(4)};
  // Codes 5, -5 and 30, by 4: 1.25, -1.25 and 7.5.
  EXPECT_EQ(floats(outputs_of(node, inputs)[0]), (Floats{0.25F, -0.5F, 1.75F}));
  node.attributes = {text("rounding_mode", "ROUND")};
  EXPECT_EQ(floats(outputs_of(node, inputs)[0]), (Floats{0.25F, -0.25F, 2}));
  node.attributes = {text("rounding_mode", "CEIL")};
  EXPECT_EQ(floats(outputs_of(node, inputs)[0]), (Floats{0.5F, -0.25F, 2}));
}

TEST(Trunc, OfVersion2StatesItsScale) {
  auto node = node_of("Trunc", 2, 6, {integer("signed", 1), integer("narrow", 0)});
  node.domain = "qonnx.custom_op.general";
  const std::vector<at::Tensor> inputs{
      at::tensor({1.25F, -1.25F, 9.F}), number(0.25F), number(0), number(6), number(1), number(4)};
  // The same codes, cut to [-8, 7] after the division by 4.
  EXPECT_EQ(floats(outputs_of(node, inputs)[0]), (Floats{1, -2, 7}));
}

}  // namespace
}  // namespace bitloom
