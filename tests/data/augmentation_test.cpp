#include "models/data/augmentation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

#include "base/counter_random.h"
#include "tests/data/image_files.h"

namespace bitloom::data {
namespace {

using testing::image_of;

Image mirrored(const Image& image) {
  return image_of(image.channels, image.height, image.width, [&](auto c, auto y, auto x) {
    return image.plane(c)[y * image.width + image.width - 1 - x];
  });
}

/// `image` within a border of 4 black pixels, cut out at (top, left).
Image padded_crop(const Image& image, std::int64_t top, std::int64_t left) {
  return image_of(image.channels, image.height, image.width, [&](auto c, auto y, auto x) {
    const std::int64_t row = y + top - 4, column = x + left - 4;
    const bool is_inside = row >= 0 && row < image.height && column >= 0 && column < image.width;
    return is_inside ? image.plane(c)[row * image.width + column] : 0;
  });
}

std::string bytes_of(const Image& image) { return {image.pixels.begin(), image.pixels.end()}; }

Image busy(std::int64_t height, std::int64_t width) {
  CounterRandom random{7};
  return image_of(3, height, width, [&](auto, auto, auto) { return random.below(256); });
}

TEST(PadCropFlip, GivesEachOfThe162VariantsAndNoOther) {
  const Image image = busy(8, 8);
  std::set<std::string> possible, seen;
  for (std::int64_t top = 0; top <= 8; ++top)
    for (std::int64_t left = 0; left <= 8; ++left) {
      possible.insert(bytes_of(padded_crop(image, top, left)));
      possible.insert(bytes_of(mirrored(padded_crop(image, top, left))));
    }
  for (std::int64_t index = 0; index < 3000; ++index)
    seen.insert(bytes_of(augment(image, Augmentation::kPadCropFlip, {3, 8, 8}, 1, 0, index)));
  EXPECT_EQ(seen, possible);
  EXPECT_EQ(seen.size(), 162u);
}

TEST(RandomResizedCrop, CutsBoxesOfTheStatedAreaAndAspect) {
  // Red is the row and green the column, so that the corners tell the box.
  const Image image = image_of(3, 200, 240, [](auto c, auto y, auto x) { return c == 0 ? y : x; });
  double least = 1, most = 0;
  int mirrors = 0;
  for (std::int64_t index = 0; index < 2000; ++index) {
    const Image out = augment(image, Augmentation::kRandomResizedCrop, {3, 64, 64}, 1, 0, index);
    ASSERT_EQ(out.height, 64);
    ASSERT_EQ(out.width, 64);
    const double rows = (out.plane(0)[63 * 64] - out.plane(0)[0]) * 64 / 63.0;
    const double columns = (out.plane(1)[63] - out.plane(1)[0]) * 64 / 63.0;
    mirrors += columns < 0;
    const double area = rows * std::abs(columns) / (200 * 240);
    const double aspect = std::abs(columns) / rows;
    EXPECT_GT(aspect, 0.70);
    EXPECT_LT(aspect, 1.43);
    least = std::min(least, area);
    most = std::max(most, area);
  }
  EXPECT_NEAR(least, 0.08, 0.02);
  EXPECT_NEAR(most, 0.9, 0.1);
  EXPECT_NEAR(mirrors, 1000, 100);
}

TEST(Augmentation, IsAFunctionOfSeedEpochAndIndex) {
  const Image image = busy(40, 50);
  for (const auto kind : {Augmentation::kPadCropFlip, Augmentation::kRandomResizedCrop}) {
    const auto varied = [&](std::uint64_t seed, std::int64_t epoch, std::int64_t index) {
      return augment(image, kind, {3, 32, 32}, seed, epoch, index);
    };
    EXPECT_EQ(varied(1, 2, 3), varied(1, 2, 3));
    EXPECT_NE(varied(1, 2, 3), varied(2, 2, 3));
    EXPECT_NE(varied(1, 2, 3), varied(1, 3, 3));
    EXPECT_NE(varied(1, 2, 3), varied(1, 2, 4));
  }
}

TEST(Augmentation, OfNoneFitsTheImage) {
  const Image image = busy(40, 50);
  EXPECT_EQ(augment(image, Augmentation::kNone, {3, 32, 32}, 1, 2, 3), fit(image, {3, 32, 32}));
  EXPECT_EQ(usual_augmentation({3, 32, 32}), Augmentation::kPadCropFlip);
  EXPECT_EQ(usual_augmentation({3, 224, 224}), Augmentation::kRandomResizedCrop);
}

TEST(CounterRandom, IsUniform) {
  CounterRandom random{1, 2};
  std::vector<int> counts(7);
  for (int i = 0; i < 70'000; ++i) ++counts[random.below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);  // 5 standard deviations
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) sum += random.between(-1.0f, 3.0f);
  EXPECT_NEAR(sum / 10'000, 1.0, 0.06);
}

}  // namespace
}  // namespace bitloom::data
