// The examples of docs/reference/integer-arithmetic.md.
#include <gtest/gtest.h>

#include "models/integer/batch_norm.h"
#include "models/integer/gemm.h"
#include "models/integer/layer.h"
#include "models/integer/requantize.h"

namespace bitloom::integer {
namespace {

TEST(PageExample, MultipliesByBitPlanes) {
  const std::vector<std::int32_t> weights{-3, 2}, activations{3, 1};
  const BitMatrix left = pack(weights, 1, 2, signed_codes(3));
  const BitMatrix right = pack(activations, 1, 2, unsigned_codes(2));
  for (const Kernel kernel : available_kernels())
    EXPECT_EQ(gemm(left, right, kernel), std::vector<std::int32_t>{-7}) << to_text(kernel);
}

TEST(PageExample, ScalesByADyadicFactor) {
  const Dyadic sixth = dyadic_from(1.0 / 6);
  EXPECT_EQ(sixth, (Dyadic{1431655765, 33}));
  EXPECT_EQ(scaled(40, sixth), 7);
  EXPECT_EQ(scaled(-40, sixth), -7);
  EXPECT_EQ(scaled(57, sixth), 9);
  EXPECT_EQ(scaled(-57, sixth), -9);
}

TEST(PageExample, NegatesSumsOfNegativeScales) {
  LayerSpecification layer;
  layer.shape = {
      .name = "fc", .kind = graph::LayerKind::kLinear, .in_channels = 2, .out_channels = 1};
  layer.weights = signed_codes(3);
  layer.activations = unsigned_codes(2);
  const std::vector<std::int32_t> codes{-4, 1}, bias{1};
  const IntegerLayer negated(layer, codes, bias, {true});
  EXPECT_EQ(negated.accumulate(std::vector{3, 2}, Kernel::kPortable), std::vector{11});
}

TEST(PageExample, RequantizesToCodes) {
  EXPECT_EQ(requantize(22, dyadic_from(0.25), range_of(unsigned_codes(4))), 6);
}

TEST(PageExample, FoldsABatchNorm) {
  const AffineChannel channel = affine_channel({0.25, 1000}, -0.5, 3);
  EXPECT_EQ(channel.multiplier, -8192);
  EXPECT_EQ(channel.offset, 196608);
  EXPECT_EQ(channel.out.scale, 0x1p-16);
  EXPECT_EQ(channel.out.bound, 1 << 23);
  EXPECT_EQ((channel.multiplier * 100 + channel.offset) * channel.out.scale, -9.5);
}

TEST(PageExample, AddsOnOneScale) {
  const double scale = 100 / 0x1p29;
  const std::int64_t first = scaled(3, dyadic_from(0.5 / scale));
  const std::int64_t second = scaled(10, dyadic_from(0.25 / scale));
  EXPECT_EQ(first, 8053064);
  EXPECT_EQ(second, 13421773);
  EXPECT_NEAR(static_cast<double>(first + second) * scale, 4.0000001, 1e-7);
}

TEST(PageExample, AveragesThePositionsThatCount) { EXPECT_EQ(scaled(8, dyadic_from(4.0 / 2)), 16); }

}  // namespace
}  // namespace bitloom::integer
