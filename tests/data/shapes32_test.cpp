#include "models/data/shapes32/shapes32.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "models/data/shapes32/outline.h"

namespace bitloom::data {
namespace {

/// FNV-1a (Fowler, Noll, Vo), 64 bits.
std::uint64_t checksum(const std::vector<std::uint8_t>& bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

std::vector<std::uint8_t> first_hundred(std::uint64_t seed, Part part) {
  const auto dataset = make_shapes32(seed, part);
  std::vector<std::uint8_t> bytes;
  for (std::int64_t index = 0; index < 100; ++index) {
    const Image image = dataset->image(index);
    bytes.insert(bytes.end(), image.pixels.begin(), image.pixels.end());
  }
  return bytes;
}

// Accuracies that were measured on these images mean nothing on others. Where this fails on a new
// machine, its arithmetic differs; where it fails after a change, weights have to be trained anew.
TEST(Shapes32, IsTheSameEverywhere) {
  EXPECT_EQ(checksum(first_hundred(0, Part::kTrain)), 0x2ca8805176715ba1u);
  EXPECT_EQ(checksum(first_hundred(0, Part::kValidation)), 0xb167062067509d3eu);
  EXPECT_EQ(checksum(first_hundred(0, Part::kTest)), 0x3e72ca53b768f0a0u);
  EXPECT_EQ(checksum(first_hundred(1, Part::kTest)), 0x8623be22e4435c0eu);
}

TEST(Shapes32, HasBalancedClassesOf32x32Pixels) {
  for (const Part part : {Part::kTrain, Part::kValidation, Part::kTest}) {
    const auto dataset = make_shapes32(0, part);
    EXPECT_EQ(dataset->size(), part == Part::kTrain ? 50'000 : 10'000);
    EXPECT_EQ(dataset->classes(), 10);
    std::vector<int> counts(10);
    for (std::int64_t i = 0; i < dataset->size(); ++i)
      ++counts[static_cast<std::size_t>(dataset->label(i))];
    EXPECT_EQ(counts, std::vector<int>(10, static_cast<int>(dataset->size()) / 10));
    const Image image = dataset->image(dataset->size() - 1);
    EXPECT_EQ(image.channels, 3);
    EXPECT_EQ(image.height, 32);
    EXPECT_EQ(image.width, 32);
  }
}

TEST(Shapes32, HasNoImageTwice) {
  std::set<std::string> seen;
  for (const std::uint64_t seed : {0u, 1u})
    for (const Part part : {Part::kTrain, Part::kValidation, Part::kTest})
      for (std::int64_t index = 0; index < 50; ++index) {
        const Image image = make_shapes32(seed, part)->image(index);
        seen.emplace(image.pixels.begin(), image.pixels.end());
      }
  EXPECT_EQ(seen.size(), 2u * 3u * 50u);
}

TEST(Shapes32, IsSeededBySpec) {
  EXPECT_EQ(make_dataset("shapes32", Part::kTest)->image(3),
            make_shapes32(0, Part::kTest)->image(3));
  EXPECT_EQ(make_dataset("shapes32:9", Part::kTrain)->image(3),
            make_shapes32(9, Part::kTrain)->image(3));
}

TEST(Outlines, DifferFromEachOtherAtEveryTurn) {
  using namespace shapes32;
  // The largest overlap (intersection / union) of two shapes of one size, over 36 turns of one.
  constexpr double kTurnX = 0.98480775, kTurnY = 0.17364818;  // 10 degrees
  for (std::int64_t a = 0; a < 10; ++a)
    for (std::int64_t b = 0; b < 10; ++b) {
      double largest = 0, x = 1, y = 0;
      for (int turn = 0; turn < 36; ++turn) {
        Placement still{15.5f, 15.5f, 12.0f, 1 / 12.0f, 0, 0, 1 / 12.0f}, turned = still;
        turned.xx = turned.yy = static_cast<float>(x / 12);
        turned.xy = static_cast<float>(y / 12);
        turned.yx = -turned.xy;
        Plane first, second;
        cover(a, still, first);
        cover(b, turned, second);
        double common = 0, either = 0;
        for (std::size_t i = 0; i < first.size(); ++i) {
          common += std::min(first[i], second[i]);
          either += std::max(first[i], second[i]);
        }
        largest = std::max(largest, common / either);
        const double next = x * kTurnX - y * kTurnY;
        y = x * kTurnY + y * kTurnX;
        x = next;
      }
      if (a == b) {
        EXPECT_GT(largest, 0.99) << kShapes[static_cast<std::size_t>(a)];
      } else {
        EXPECT_LT(largest, 0.85) << kShapes[static_cast<std::size_t>(a)] << " and "
                                 << kShapes[static_cast<std::size_t>(b)];
      }
    }
}

TEST(Outlines, CoverTheAreasOfTheirFormulas) {
  using namespace shapes32;
  const auto area = [](std::int64_t label) {
    const Placement at{15.5f, 15.5f, 12.0f, 1 / 12.0f, 0, 0, 1 / 12.0f};
    Plane coverage;
    cover(label, at, coverage);
    double sum = 0;
    for (const float share : coverage) sum += share;
    return sum / (12.0 * 12.0);
  };
  constexpr double kPi = 3.14159265358979;
  EXPECT_NEAR(area(0), kPi * 0.9 * 0.9, 0.02);                    // disc
  EXPECT_NEAR(area(1), kPi * (0.97 * 0.97 - 0.47 * 0.47), 0.02);  // ring
  EXPECT_NEAR(area(2), 1.6 * 1.6, 0.03);                          // square
  EXPECT_NEAR(area(3), 3 * 1.7320508 * 0.55 * 0.55, 0.03);        // triangle
  EXPECT_NEAR(area(4), 2 * 2.0 * 0.6 - 0.6 * 0.6, 0.03);          // cross
  EXPECT_NEAR(area(7), 2 * 0.54 * 1.9, 0.03);                     // bars
}

}  // namespace
}  // namespace bitloom::data
