#include "rtl/verify/random_workloads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/shipped_hardware.h"

namespace bitloom::verify {
namespace {

constexpr int kLayers = 500;

struct Counts {
  int bipolar = 0;
  int wide_activations = 0;
  int in_chunks = 0;
  int at_the_limit = 0;
  int beyond_the_limit = 0;
};

/// Whether the accumulators have no room for one more product like those of the lowest sum.
bool reaches_the_limit(const Workload& w, std::int64_t lowest_sum, double limit) {
  const double product =
      std::ldexp(std::ldexp(1.0, w.precision.activation_bits) - 1, w.precision.weight_bits - 1);
  return static_cast<double>(lowest_sum) - product < -limit;
}

Counts counts_of(const hardware::Bismo& hw, std::uint64_t seed) {
  RandomWorkloads workloads(hw, seed, [](const mapping::Mapping& m) {
    return m.gemms.count * m.activations.tiles() * m.weights.tiles() * m.chunks.words *
               m.precision.activation_bits * m.precision.weight_bits <=
           20'000;
  });
  const double limit = std::ldexp(1.0, static_cast<int>(hw.accumulator_bits) - 1);
  Counts counts;
  for (int i = 0; i < kLayers; ++i) {
    const Workload w = workloads.next();
    counts.bipolar += w.weight_coding == WeightCoding::kBipolar;
    counts.wide_activations += w.precision.activation_bits == 16;
    counts.in_chunks += mapping::map_layer(w.layer, w.precision, hw, w.batch).chunks.count() > 1;
    const auto sums = reference_outputs(w);
    const auto [lowest, highest] = std::minmax_element(sums.begin(), sums.end());
    counts.at_the_limit += reaches_the_limit(w, *lowest, limit);
    counts.beyond_the_limit +=
        static_cast<double>(*lowest) < -limit || static_cast<double>(*highest) >= limit;
  }
  return counts;
}

void expect_every_emphasis(const Counts& counts) {
  EXPECT_GE(counts.bipolar, 2 * kLayers / 10);
  EXPECT_GE(counts.wide_activations, kLayers / 10);
  EXPECT_GE(counts.in_chunks, kLayers / 10);
  EXPECT_GE(counts.at_the_limit, kLayers / 10);
  EXPECT_EQ(counts.beyond_the_limit, 0);
}

TEST(RandomWorkloads, StressEveryTenthLayerAtLeastOnTheShippedArrays) {
  for (const char* name : {"bismo-edge", "bismo-cloud"}) {
    SCOPED_TRACE(name);
    expect_every_emphasis(counts_of(testing::shipped_hardware(name), 1));
  }
}

TEST(RandomWorkloads, AreDrawnFreelyWhereTheHardwareHasNoneOfAKind) {
  hardware::Bismo hw = testing::shipped_hardware("bismo-edge");
  hw.accumulator_bits = 16;
  hw.activation_buffer_words = hw.weight_buffer_words = 1 << 20;
  const Counts counts = counts_of(hw, 2);
  EXPECT_EQ(counts.wide_activations, 0);
  EXPECT_EQ(counts.in_chunks, 0);
  EXPECT_GE(counts.at_the_limit, kLayers / 10);
  EXPECT_EQ(counts.beyond_the_limit, 0);
}

}  // namespace
}  // namespace bitloom::verify
