#include "models/integer/operations.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/error.h"
#include "models/graph/window.h"

namespace bitloom::integer {
namespace {

using Numbers = std::vector<std::int32_t>;

TEST(Image, IsRoundedHalfUpAndClamped) {
  const std::vector<float> pixels{0.125F, -0.125F, 0.374F,
                                  100,    -100,    std::numeric_limits<float>::infinity()};
  Numbers codes(6);
  quantize_image({signed_codes(4), 0.25}, pixels, codes);
  EXPECT_EQ(codes, (Numbers{1, 0, 1, 7, -8, 7}));
  quantize_image({unsigned_codes(2), 0.25}, pixels, codes);
  EXPECT_EQ(codes, (Numbers{1, 0, 1, 3, 0, 3}));
}

TEST(Image, MustHoldNumbers) {
  Numbers codes(2);
  try {
    quantize_image({signed_codes(4), 1}, std::vector<float>{1, std::nanf("")}, codes);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "an image has a pixel that is not a number (NaN)");
  }
}

TEST(Affine, MultipliesAndAddsByChannel) {
  Numbers values{1, -2, 3, 4, INT32_MAX, INT32_MIN};
  multiply_add(Affine{{-4, 1, 0}, {10, -1, 7}}, values);
  EXPECT_EQ(values, (Numbers{6, 18, 2, 3, 7, 7}));
}

TEST(Clamp, KeepsValuesBetweenZeroAndTheChannelsHighest) {
  Numbers values{-1, 5, 6, 7, 100, INT32_MIN};
  limit(Clamp{{6, 99}}, values);
  EXPECT_EQ(values, (Numbers{0, 5, 6, 7, 99, 0}));
}

TEST(Add, RoundsEachInputOnce) {
  Numbers sum(4, 1000);
  add(Numbers{1, 3, -1, 1 << 20}, {dyadic_from(0.5), dyadic_from(2)}, true, sum);
  EXPECT_EQ(sum, (Numbers{1, 2, -2, 1 << 21}));
  add(Numbers{1, -1, 7, 7}, {dyadic_from(1.5), {}}, false, sum);
  EXPECT_EQ(sum, (Numbers{3, 1, -2, 1 << 21}));
}

/// What lies under the window of output (y, x), found by asking every position.
Numbers under_window(const Numbers& in, graph::Extent extent, const graph::Window& window,
                     std::int64_t y, std::int64_t x) {
  Numbers found;
  for (std::int64_t row = 0; row < extent.height; ++row)
    for (std::int64_t column = 0; column < extent.width; ++column) {
      const std::int64_t ky = row - y * window.stride.height + window.padding.top;
      const std::int64_t kx = column - x * window.stride.width + window.padding.left;
      if (ky >= 0 && kx >= 0 && ky % window.dilation.height == 0 &&
          kx % window.dilation.width == 0 && ky / window.dilation.height < window.kernel.height &&
          kx / window.dilation.width < window.kernel.width)
        found.push_back(in[static_cast<std::size_t>(row * extent.width + column)]);
    }
  return found;
}

TEST(Pools, EqualAPlainSearchUnderEveryWindow) {
  std::mt19937_64 random(32);
  const auto draw = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  for (int trial = 0; trial < 300; ++trial) {
    const graph::Extent extent{draw(3, 9), draw(3, 9)};
    graph::Window window{{draw(1, 3), draw(1, 3)}, {draw(1, 3), draw(1, 3)}, {}, {1, 1}};
    if (draw(0, 3) == 0) window.dilation = {draw(1, 2), 1};
    window.padding = {draw(0, 2), draw(0, 2), draw(0, 2), draw(0, 2)};
    if (window.dilation.height * (window.kernel.height - 1) >= extent.height) continue;
    const graph::Extent output = graph::window_output(window, extent, draw(0, 1) == 1);
    const graph::Shape from{2, extent.height, extent.width};
    const graph::Shape to{2, output.height, output.width};
    Numbers in(static_cast<std::size_t>(2 * extent.height * extent.width));
    for (std::int32_t& each : in) each = static_cast<std::int32_t>(draw(-1000, 1000));
    const int shift = static_cast<int>(draw(0, 3));
    Numbers most(static_cast<std::size_t>(2 * output.height * output.width)), sums(most);
    pool(MaxPool{window}, in, from, to, most);
    pool(AveragePool{window, shift, {}}, in, from, to, sums);
    const Numbers second(in.begin() + extent.height * extent.width, in.end());
    for (std::int64_t y = 0; y < output.height; ++y)
      for (std::int64_t x = 0; x < output.width; ++x) {
        std::int64_t sum = 0;
        std::int32_t largest = INT32_MIN;
        for (const std::int32_t value : under_window(second, extent, window, y, x)) {
          largest = std::max(largest, value);
          sum += static_cast<std::int64_t>(std::floor(std::ldexp(value, -shift) + 0.5));
        }
        const auto at = static_cast<std::size_t>((output.height + y) * output.width + x);
        ASSERT_EQ(most[at], largest);
        ASSERT_EQ(sums[at], sum);
      }
  }
}

TEST(AveragePool, WeighsWindowsThatCountFewerPositions) {
  const graph::Window window{{2, 2}, {2, 2}, graph::Padding::all(1), {1, 1}};
  Numbers sums(4);
  pool(AveragePool{window, 0, {dyadic_from(4), dyadic_from(2), dyadic_from(1), {}}},
       Numbers{4, 8, 12, 16}, {1, 2, 2}, {1, 2, 2}, sums);
  EXPECT_EQ(sums, (Numbers{16, 16, 12, 0}));
}

TEST(Upsample, TakesTheNearestNeighbourBelow) {
  Numbers out(15);
  upsample(Numbers{1, 2, 3, 4}, {1, 2, 2}, {1, 3, 5}, out);
  EXPECT_EQ(out, (Numbers{1, 1, 1, 2, 2, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4}));
}

TEST(Upsample, TakesHeightAndWidthEachByItsOwnFactor) {
  Numbers out(10);
  upsample(Numbers{1, 2, 3}, {1, 1, 3}, {1, 2, 5}, out);
  EXPECT_EQ(out, (Numbers{1, 1, 2, 2, 3, 1, 1, 2, 2, 3}));
  upsample(Numbers{1, 2, 3}, {1, 3, 1}, {1, 5, 2}, out);
  EXPECT_EQ(out, (Numbers{1, 1, 1, 1, 2, 2, 2, 2, 3, 3}));
}

TEST(Subsample, TakesEveryOtherPixelAndAddsZeroChannels) {
  Numbers out(4 * 4, 9);
  subsample({2, 1}, Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, -3, -4, -5, -6, -7, -8, -9},
            {2, 3, 3}, {4, 2, 2}, out);
  EXPECT_EQ(out, (Numbers{0, 0, 0, 0, 1, 3, 7, 9, -1, -3, -7, -9, 0, 0, 0, 0}));
}

}  // namespace
}  // namespace bitloom::integer
