// Layers on hardware with DRAM: how far the analytic estimate is from the cycle engine, and that
// slower DRAM is never faster.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "sim/families/bismo/cycle.h"
#include "sim/families/bismo/energy.h"
#include "tests/cycle/dram_case.h"

namespace bitloom {
namespace {

TEST(DramEstimate, IsCloseToTheCycleEngineOnRandomLayers) {
  std::mt19937 random(1);
  std::vector<std::pair<double, std::string>> errors;  // in percent of the cycle engine's
  int slowed = 0;
  for (int i = 0; i < 500; ++i) {
    DramCase c(random);
    const mapping::Schedule schedule = c.schedule();
    const auto cycles = static_cast<double>(cycle::run(schedule, c.hardware).timing.total.count());
    const auto estimate = static_cast<double>(analytic::run(schedule, c.hardware).total.count());
    c.hardware.dram.reset();
    c.hardware.memory_latency_cycles = 0;
    const auto perfect = static_cast<double>(analytic::run(schedule, c.hardware).total.count());
    errors.emplace_back(100 * std::abs(estimate / cycles - 1),
                        fmt::format("{:+.1f} % of {:.0f} (perfect memory: {:.0f}): ",
                                    100 * (estimate / cycles - 1), cycles, perfect) +
                            c.text());
    EXPECT_GE(cycles, perfect) << c.text();
    slowed += cycles > 1.1 * perfect;
  }
  std::sort(errors.begin(), errors.end());
  double sum = 0;
  for (const auto& [error, text] : errors) sum += error;
  const double mean = sum / static_cast<double>(errors.size());
  const double percentile = errors[errors.size() * 99 / 100].first;
  std::printf("mean %.2f %%, 99th percentile %.2f %%, worst %s\n", mean, percentile,
              errors.back().second.c_str());
  EXPECT_LE(mean, 3);
  EXPECT_LE(percentile, 10);
  EXPECT_GT(slowed, 60) << "of 500 layers DRAM slows some";
}

TEST(DramEstimate, CountsWhatDramDoes) {
  std::mt19937 random(5);
  double activates = 0, energy = 0;
  constexpr int kLayers = 200;
  const auto error = [](auto estimated, auto counted) {
    return 100 * std::abs(static_cast<double>(estimated) / static_cast<double>(counted) - 1) /
           kLayers;
  };
  for (int i = 0; i < kLayers; ++i) {
    const DramCase c(random);
    const mapping::Schedule schedule = c.schedule();
    const cycle::Result result = cycle::run(schedule, c.hardware);
    const cost::Timing closed = analytic::run(schedule, c.hardware);
    const cost::DramActions estimate = analytic::dram_actions(schedule, closed, c.hardware);
    EXPECT_EQ(estimate.read_bursts, result.dram->read_bursts) << c.text();
    EXPECT_EQ(estimate.write_bursts, result.dram->write_bursts) << c.text();
    activates += error(estimate.activates, result.dram->activates);
    energy += error(cost::dram_energy(estimate, closed, c.hardware).total().count(),
                    cost::dram_energy(*result.dram, result.timing, c.hardware).total().count());
  }
  std::printf("mean error of activates %.1f %%, of DRAM's energy %.2f %%\n", activates, energy);
  EXPECT_LE(energy, 2);
}

/// The codes of a word come behind it.
TEST(DramEstimate, CountsTheBytesOfCodes) {
  std::mt19937 random(9);
  constexpr int kLayers = 200;
  std::int64_t with_codes = 0, without = 0;
  double error = 0;
  for (int i = 0; i < kLayers; ++i) {
    DramCase c(random);
    const mapping::Schedule shifting = c.schedule();
    without += cycle::run(shifting, c.hardware).dram->read_bursts;
    c.hardware.coefficients = hardware::Coefficients::kFixedPoint;
    c.hardware.coefficient_bits = 8 + i % 9;
    const mapping::Schedule schedule = c.schedule();
    EXPECT_EQ(schedule.mapping.weight_words.full.bytes,
              shifting.mapping.weight_words.full.bytes + 1 + (i % 9 > 0));
    const cycle::Result result = cycle::run(schedule, c.hardware);
    const cost::Timing closed = analytic::run(schedule, c.hardware);
    EXPECT_EQ(analytic::dram_actions(schedule, closed, c.hardware).read_bursts,
              result.dram->read_bursts)
        << c.text();
    with_codes += result.dram->read_bursts;
    error += std::abs(static_cast<double>(closed.total.count()) /
                          static_cast<double>(result.timing.total.count()) -
                      1) /
             kLayers;
  }
  EXPECT_GT(with_codes, without);
  EXPECT_LE(100 * error, 3);
}

/// With small buffers phases are many, and results of one begin within a burst of another's.
TEST(DramEstimate, CountsTheWritesOfManyPhases) {
  std::mt19937 random(7);
  const auto pick = [&](int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
  };
  constexpr int kLayers = 300;
  int equal = 0;
  for (int i = 0; i < kLayers; ++i) {
    DramCase c(random);
    c.hardware.result_port_bits = 16 << pick(0, 6);
    c.hardware.write_back = static_cast<hardware::WriteBack>(pick(1, 2));
    c.hardware.activation_buffer_words = pick(16, 64);
    c.hardware.weight_buffer_words = pick(16, 64);
    if (c.layer.kind != graph::LayerKind::kDepthwise) c.layer.out_channels = pick(4, 128);
    const mapping::Schedule schedule = c.schedule();
    const auto counted = cycle::run(schedule, c.hardware).dram->write_bursts;
    const cost::Timing closed = analytic::run(schedule, c.hardware);
    const auto estimated = analytic::dram_actions(schedule, closed, c.hardware).write_bursts;
    equal += estimated == counted;
    EXPECT_NEAR(static_cast<double>(estimated), static_cast<double>(counted),
                0.01 * static_cast<double>(counted))
        << c.text();
  }
  EXPECT_GE(equal, kLayers * 97 / 100);
}

/// 400 pixels of 64 sums of 32 bits are 200 batches of 512 bytes in one phase. 21 clocks at 525 MHz
/// are 8 cycles at 200 MHz; refreshes add some per cent.
TEST(DramEstimate, TurnsTheBusForEachBatchOfWrites) {
  hardware::Bismo hw = testing::shipped_hardware("bismo-edge-real");
  hw.layout = {};
  hw.result_port_bits = 4096;
  hw.write_back = hardware::WriteBack::kAccumulators;
  const graph::LayerShape layer{.name = "conv",
                                .kind = graph::LayerKind::kConvolution,
                                .in_channels = 8,
                                .out_channels = 64,
                                .kernel = {1, 1},
                                .input = {20, 20},
                                .output = {20, 20}};
  const auto total = [&] {
    const auto schedule = analytic::schedule(mapping::map_layer(layer, {1, 1}, hw, 1), hw);
    return analytic::run(schedule, hw).total.count();
  };
  const std::int64_t before = total();
  hw.dram->wtr += 21;
  const std::int64_t turns = total() - before;
  EXPECT_GE(turns, 200 * 8);
  EXPECT_LE(turns, 200 * 8 * 105 / 100);
}

/// 8 images of 1024 inputs and 8 outputs at 1/1: of either operand 8 rows of 4 words, which are 2
/// bursts each and come in turn with the other operand's, and 64 results of 16 bits.
TEST(DramLayers, OfOneTileOpenARowForEachOperandAndForResults) {
  hardware::Bismo hw = testing::shipped_hardware("bismo-edge-real");
  hw.layout = {};
  const graph::LayerShape layer{
      .name = "fc", .kind = graph::LayerKind::kLinear, .in_channels = 1024, .out_channels = 8};
  const mapping::Schedule schedule =
      analytic::schedule(mapping::map_layer(layer, {1, 1}, hw, 8), hw);
  const cost::DramActions expected{.activates = 3, .read_bursts = 128, .write_bursts = 8};
  EXPECT_EQ(cycle::run(schedule, hw).dram, expected);
  EXPECT_EQ(analytic::dram_actions(schedule, analytic::run(schedule, hw), hw), expected);
}

TEST(DramLayers, OnSlowerDramAreNeverFaster) {
  std::mt19937 random(2);
  using Timing = std::int64_t hardware::Dram::*;
  constexpr Timing kTimings[] = {
      &hardware::Dram::cl,  &hardware::Dram::cwl, &hardware::Dram::rcd, &hardware::Dram::rp,
      &hardware::Dram::ras, &hardware::Dram::rrd, &hardware::Dram::faw, &hardware::Dram::ccd_same,
      &hardware::Dram::rtp, &hardware::Dram::wr,  &hardware::Dram::wtr};
  const auto total = [](const mapping::Schedule& schedule, const hardware::Bismo& hardware) {
    return cycle::run(schedule, hardware).timing.total;
  };
  int slower = 0;
  for (int i = 0; i < 150; ++i) {
    DramCase c(random);
    c.layer.out_channels = c.layer.kind == graph::LayerKind::kDepthwise
                               ? c.layer.out_channels
                               : std::min<std::int64_t>(c.layer.out_channels, 64);
    const mapping::Schedule schedule = c.schedule();
    const Cycles fast = total(schedule, c.hardware);
    for (int change = 0; change < 4; ++change) {
      hardware::Bismo hw = c.hardware;
      const auto pick = [&](int least, int most) {
        return std::uniform_int_distribution<int>(least, most)(random);
      };
      if (change < 2)
        (*hw.dram).*kTimings[pick(0, static_cast<int>(std::size(kTimings)) - 1)] += pick(1, 20);
      else if (change == 2)
        hw.dram->clock_mhz *= 0.01 * pick(50, 99);
      else
        hw.dram->rfc_ns += pick(1, 300);
      const Cycles slow = total(schedule, hw);
      EXPECT_GE(slow, fast) << "change " << change << ": " << c.text();
      slower += slow > fast;
    }
  }
  EXPECT_GT(slower, 300);
}

TEST(DramLayers, WithoutTheSectionKeepTheClosedFormsAndWithItDoTheSameWork) {
  std::mt19937 random(3);
  for (int i = 0; i < 20; ++i) {
    DramCase c(random);
    const mapping::Schedule schedule = c.schedule();
    const cycle::Result with = cycle::run(schedule, c.hardware);
    ASSERT_TRUE(with.dram);
    EXPECT_GT(with.dram->read_bursts, 0);
    EXPECT_EQ(with.dram->write_bursts > 0,
              schedule.mapping.written_bits > 0 || !schedule.mapping.conversion.is_none());
    c.hardware.dram.reset();
    c.hardware.memory_latency_cycles = 0;
    const cycle::Result without = cycle::run(schedule, c.hardware);
    EXPECT_FALSE(without.dram);
    EXPECT_EQ(without.timing.total, analytic::run(schedule, c.hardware).total);
    EXPECT_EQ(without.timing.compute, with.timing.compute);
  }
}

/// Queues of one token: a port may be kept from its turn by the other's tile-words behind it.
TEST(DramLayers, EndWithTheShallowestQueues) {
  std::mt19937 random(4);
  for (int i = 0; i < 30; ++i) {
    const DramCase c(random);
    cycle::RunOptions options;
    options.depths = mapping::QueueDepths::of_hardware(c.hardware);
    options.depths->tokens.fill(1);
    EXPECT_GE(cycle::run(c.schedule(), c.hardware, options).timing.total,
              analytic::run(c.schedule(), c.hardware).compute);
  }
}

}  // namespace
}  // namespace bitloom
