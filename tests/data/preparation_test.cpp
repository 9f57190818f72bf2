#include "models/data/preparation.h"

#include <gtest/gtest.h>

#include "tests/data/image_files.h"
#include "tests/support/complaint.h"

namespace bitloom::data {
namespace {

using testing::complaint;
using testing::image_of;

using Pixels = std::vector<std::uint8_t>;

Image row_of(const Pixels& pixels) {
  return image_of(1, 1, static_cast<std::int64_t>(pixels.size()),
                  [&](auto, auto, auto x) { return pixels[static_cast<std::size_t>(x)]; });
}

// Each pixel of the result is the mean of those within `scale` of its centre, weighted by a
// triangle.
TEST(Resize, WeighsByATriangle) {
  // Twice as long: centres at 1/4, 3/4, ... of a pixel: 3/4 of the nearer, 1/4 of the other.
  EXPECT_EQ(resize(row_of({0, 100}), 1, 4).pixels, (Pixels{0, 25, 75, 100}));
  // Half as long: the first reaches 2 pixels from x = 1: weights 3, 3, 1 of 7; so does the last.
  EXPECT_EQ(resize(row_of({0, 70, 140, 210}), 1, 2).pixels, (Pixels{50, 160}));
  // To one pixel: centre 2, reach 4: weights 5, 7, 7, 5 of 24.
  EXPECT_EQ(resize(row_of({24, 0, 0, 240}), 1, 1).pixels, (Pixels{55}));
}

TEST(Resize, TreatsColumnsAsRows) {
  const auto value = [](auto c, auto y, auto x) { return (c * 50 + y * y * 3 + x * 17) % 256; };
  const Image upright = resize(image_of(3, 9, 13, value), 5, 6);
  const Image turned =
      resize(image_of(3, 13, 9, [&](auto c, auto y, auto x) { return value(c, x, y); }), 6, 5);
  ASSERT_EQ(upright.height, 5);
  ASSERT_EQ(upright.width, 6);
  for (std::int64_t c = 0; c < 3; ++c)  // between the two passes pixels are rounded
    for (std::int64_t y = 0; y < 5; ++y)
      for (std::int64_t x = 0; x < 6; ++x)
        EXPECT_NEAR(upright.plane(c)[y * 6 + x], turned.plane(c)[x * 5 + y], 1);
}

TEST(Resize, KeepsAFlatImageFlat) {
  for (const int value : {0, 1, 254, 255}) {
    const Image resized =
        resize(image_of(3, 37, 41, [=](auto, auto, auto) { return value; }), 16, 90);
    EXPECT_EQ(resized, image_of(3, 16, 90, [=](auto, auto, auto) { return value; }));
  }
}

// PIL 9.4.0: Image.fromarray(a).resize((5, 4), Image.BILINEAR), a[y, x] = (y * 53 + x * 31) % 256
// of 7 rows and 11 columns.
TEST(Resize, GivesWhatPilGives) {
  const Image image =
      image_of(1, 7, 11, [](auto, auto y, auto x) { return (y * 53 + x * 31) % 256; });
  EXPECT_EQ(resize(image, 4, 5).pixels, (Pixels{53,  113, 170, 142, 82,  135, 180, 99,  90,  139,
                                                156, 105, 110, 158, 135, 69,  120, 184, 112, 71}));
}

TEST(Crop, TakesTheBox) {
  const Image image =
      image_of(2, 4, 5, [](auto c, auto y, auto x) { return 100 * c + 10 * y + x; });
  EXPECT_EQ(crop(image, {1, 2, 2, 3}).pixels,
            (Pixels{12, 13, 14, 22, 23, 24, 112, 113, 114, 122, 123, 124}));
}

TEST(Fit, LeavesAnImageThatFits) {
  const Image image = image_of(3, 4, 4, [](auto c, auto y, auto x) { return 60 * c + 10 * y + x; });
  EXPECT_EQ(fit(image, {3, 4, 4}), image);
}

TEST(Fit, ResizesToEightSeventhsAndCutsTheCentre) {
  const Image image = image_of(3, 64, 100, [](auto c, auto y, auto x) { return 30 * c + y + x; });
  const Image fitted = fit(image, {3, 28, 28});
  EXPECT_EQ(fitted, crop(resize(image, 32, 50), {2, 11, 28, 28}));
}

TEST(Fit, RoundsAsTorchvisionDoes) {
  const auto at = [](auto c, auto y, auto x) { return 30 * c + y + 2 * x; };
  const Image image = image_of(3, 37, 44, at);                      // 37 is int(32 * 8 / 7 + 0.5)
  EXPECT_EQ(fit(image, {3, 32, 32}), crop(image, {2, 6, 32, 32}));  // 5 / 2, halves to even
  const Image wider = image_of(3, 37, 39, at);
  EXPECT_EQ(fit(wider, {3, 32, 32}), crop(wider, {2, 4, 32, 32}));  // 7 / 2
}

TEST(Fit, EnlargesASmallImageAsItMakesALargeOneSmaller) {
  const Image image = image_of(3, 10, 14, [](auto c, auto y, auto x) { return 30 * c + y + x; });
  // int(20 * 8 / 7 + 0.5) is 23, and 23 * 14 / 10 is 32.
  EXPECT_EQ(fit(image, {3, 20, 20}), crop(resize(image, 23, 32), {2, 6, 20, 20}));
}

TEST(Fit, RepeatsGreyButDropsNoColour) {
  const Image grey = row_of({9});
  EXPECT_EQ(fit(grey, {3, 1, 1}).pixels, (Pixels{9, 9, 9}));
  EXPECT_EQ(complaint([&] {
              fit(Image(3, 1, 1), {1, 1, 1});
            }),
            "an image of 3 channels for a network that takes 1");
}

}  // namespace
}  // namespace bitloom::data
