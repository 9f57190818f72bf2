#include <gtest/gtest.h>

#include "sim/families/bismo/cycle.h"
#include "tests/cycle/random_case.h"

namespace bitloom {
namespace {

Case some_case() {
  std::mt19937 random(7);
  Case c(random);
  c.layer.kind = graph::LayerKind::kLinear;
  c.layer.in_channels = 40;
  c.layer.out_channels = 9;
  c.layer.groups = 1;
  c.layer.kernel = c.layer.input = c.layer.output = {1, 1};
  c.hardware.pipeline_cycles = 0;
  return c;
}

Cycles total(const Case& c, const cycle::RunOptions& options = {}) {
  return cycle::run(c.schedule(), c.hardware, options).timing.total;
}

TEST(MemoryLatency, DelaysTheCycleEngineAndNotTheClosedForms) {
  Case c = some_case();
  const cost::Timing closed = analytic::run(c.schedule(), c.hardware);
  Cycles before = total(c);
  EXPECT_EQ(before, closed.total);
  for (const std::int64_t latency : {1, 10, 100, 1000000}) {
    c.hardware.memory_latency_cycles = latency;
    EXPECT_EQ(analytic::run(c.schedule(), c.hardware).total, closed.total);
    EXPECT_GT(total(c), before);
    before = total(c);
  }
}

TEST(MemoryLatency, OfASinglePhaseIsPaidOnceWhenReadsArePipelined) {
  std::mt19937 random(3);
  int compared = 0;
  for (int i = 0; i < 500; ++i) {
    Case c(random);
    const mapping::Mapping& m = c.schedule().mapping;
    if (m.phases_per_gemm() * m.gemms.count > 1) continue;
    const Cycles without = total(c);
    c.hardware.memory_latency_cycles = 77;
    EXPECT_EQ(total(c, {.outstanding_reads = 64}), without + Cycles(77)) << c.text();
    ++compared;
  }
  EXPECT_GT(compared, 20);
}

TEST(MemoryLatency, WithOneOutstandingReadIsPaidForEachTileWord) {
  // One tile pair, fetch-bound: both operands' reads run side by side, so that the longer side
  // decides.
  Case c = some_case();
  c.hardware.dm = c.hardware.dn = 4;
  c.hardware.dk = 8;
  c.hardware.activation_port_bits = c.hardware.weight_port_bits = 1;
  c.layer.in_channels = 40;  // 5 words
  c.layer.out_channels = 4;
  c.batch = 1;
  c.precision = {1, 1};
  const Cycles without = total(c, {.outstanding_reads = 1});
  EXPECT_EQ(without.count(), 5 * 4 * 8);
  c.hardware.memory_latency_cycles = 10;
  EXPECT_EQ(total(c, {.outstanding_reads = 1}).count(), 5 * (4 * 8 + 10));
  EXPECT_EQ(total(c, {.outstanding_reads = 2}).count(), 5 * 4 * 8 + 10);
}

TEST(MemoryLatency, AtZeroTheNumberOfOutstandingReadsDoesNotMatter) {
  std::mt19937 random(4);
  for (int i = 0; i < 300; ++i) {
    const Case c(random);
    EXPECT_EQ(total(c, {.outstanding_reads = 1}), total(c, {.outstanding_reads = 32})) << c.text();
  }
}

TEST(RandomStalls, AreTheSameForTheSameSeedAndChangeNoWork) {
  std::mt19937 random(5);
  int slower = 0;
  int different = 0;
  for (int i = 0; i < 200; ++i) {
    const Case c(random);
    const cycle::Result smooth = cycle::run(c.schedule(), c.hardware);
    const cycle::Result late = cycle::run(c.schedule(), c.hardware, {.stall_seed = 1});
    EXPECT_EQ(total(c, {.stall_seed = 1}), late.timing.total);
    EXPECT_GE(late.timing.total, smooth.timing.total);
    EXPECT_EQ(late.timing.compute, smooth.timing.compute);
    EXPECT_EQ(late.counters.of(mapping::Stage::kFetchActivations).busy,
              smooth.counters.of(mapping::Stage::kFetchActivations).busy);
    slower += late.timing.total > smooth.timing.total;
    different += total(c, {.stall_seed = 2}) != late.timing.total;
  }
  EXPECT_GT(slower, 190);
  EXPECT_GT(different, 150);
}

}  // namespace
}  // namespace bitloom
