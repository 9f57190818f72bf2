// The SystemC engine against the analytic model, and against a walk cycle by cycle, for random
// layers, tilings and loop orders.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "sim/engines.h"
#include "sim/families/bitfusion/cycle.h"
#include "sim/families/bitfusion/price.h"
#include "sim/families/bitfusion/scratchpads.h"
#include "sim/simulator.h"
#include "tests/bitfusion/beat_walk.h"
#include "tests/bitfusion/random_case.h"

namespace bitloom {
namespace {

using analytic::bitfusion::CutTiling;
using analytic::bitfusion::OrderCost;
using analytic::bitfusion::Pricer;
using analytic::bitfusion::TilingCost;
using mapping::bitfusion::Buffer;
using mapping::bitfusion::Cut;
using mapping::bitfusion::Cuts;
using mapping::bitfusion::index;
using mapping::bitfusion::kLoops;
using mapping::bitfusion::LoopNest;
using mapping::bitfusion::Part;
using mapping::bitfusion::Plan;
using mapping::bitfusion::Span;
using mapping::bitfusion::TileProgram;
using testing::OddityChoice;

/// A random layer on a random machine, cut and ordered at random; what the analytic model says.
struct PlannedCase {
  hardware::BitFusion hardware;
  LoopNest nest;
  Plan plan;
  TilingCost tiling;
  OrderCost order;
  std::int64_t tiles = 1;  // of a group

  std::int64_t skew() const { return hardware.rows + hardware.columns - 2; }
  cycle::bitfusion::Result run() const {
    return cycle::bitfusion::run(TileProgram(nest, hardware, plan), hardware);
  }
};

const Cut& any(const std::vector<Cut>& cuts, std::mt19937& random) {
  return cuts[random() % cuts.size()];
}

/// Nothing where the tiling does not fit.
std::optional<PlannedCase> planned(std::mt19937& random, OddityChoice oddities) {
  const testing::RandomBitFusionCase c = testing::random_bitfusion_case(random, oddities);
  PlannedCase planned{c.hardware,
                      mapping::bitfusion::loop_nest(c.layer, c.precision, c.hardware, c.batch),
                      {},
                      {},
                      {}};
  if (random() % 4 == 0) planned.nest.repeats = 2;
  const Cuts cuts = mapping::bitfusion::cuts_of(planned.nest, c.hardware);
  const std::size_t side = random() % cuts.columns.size();
  const CutTiling tiling{&any(cuts.batch, random), &cuts.columns[side], &cuts.rows[side],
                         &any(cuts.in, random), &any(cuts.out, random)};
  const Pricer pricer(planned.nest, c.hardware);
  if (!pricer.fits(tiling)) return std::nullopt;
  for (std::size_t loop = 0; loop < kLoops; ++loop) {
    planned.plan.order[loop] = mapping::bitfusion::Loop(loop);
    planned.plan.tile[loop] = tiling[loop]->tile;
    planned.tiles *= tiling[loop]->trips;
  }
  std::shuffle(planned.plan.order.begin(), planned.plan.order.end(), random);
  planned.tiling = pricer.cost(tiling);
  planned.order = pricer.cost(tiling, planned.tiling, planned.plan.order);
  return planned;
}

/// Calls `check` for each of `count` random cases of at most `most_tiles` tiles a group.
void for_random_cases(int count, std::uint32_t seed, std::int64_t most_tiles,
                      const std::function<void(const PlannedCase&)>& check) {
  std::mt19937 random(seed);
  const OddityChoice choices[] = {OddityChoice::kNone, OddityChoice::kAll, OddityChoice::kAny};
  int checked = 0;
  for (int i = 0; checked < count && i < 100 * count; ++i) {
    const auto c = planned(random, choices[i % 3]);
    if (!c || c->tiles > most_tiles) continue;
    SCOPED_TRACE("case " + std::to_string(i));
    check(*c);
    ++checked;
  }
  EXPECT_EQ(checked, count);
}

TEST(Parts, AddUpToTheirCuts) {
  for_random_cases(400, 11, 1 << 20, [](const PlannedCase& c) {
    const auto cuts = mapping::bitfusion::cut(c.nest, c.hardware, c.plan.tile);
    const auto parts = mapping::bitfusion::parts_of(c.nest, c.hardware, c.plan.tile);
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
      ASSERT_EQ(static_cast<std::int64_t>(parts[loop].size()), cuts[loop].trips);
      std::int64_t steps = 0;
      for (const Part& part : parts[loop]) steps += part.steps;
      EXPECT_EQ(steps, cuts[loop].steps);
      for (std::size_t buffer = 0; buffer < mapping::bitfusion::kBuffers; ++buffer) {
        if (!mapping::bitfusion::depends(Buffer(buffer), mapping::bitfusion::Loop(loop),
                                         c.nest.reduction))
          continue;
        const Span& span = cuts[loop].spans[buffer];
        std::int64_t resident = 0, streamed = 0;
        for (const Part& part : parts[loop]) {
          resident += part.resident[buffer];
          streamed += part.streamed[buffer];
        }
        EXPECT_EQ(resident, span.moved_resident) << "loop " << loop << " buffer " << buffer;
        EXPECT_EQ(streamed, span.moved_streamed) << "loop " << loop << " buffer " << buffer;
        EXPECT_EQ(parts[loop].front().resident[buffer], span.moved_tile);
      }
    }
  });
}

TEST(CycleEngine, ComputesAndMovesWhatTheAnalyticModelSays) {
  for_random_cases(500, 12, 4000, [](const PlannedCase& c) {
    const cycle::bitfusion::Result result = c.run();
    const auto element = mapping::bitfusion::element_bits(c.nest);
    const auto moved = [&](Buffer buffer) {
      return c.nest.repeats * c.order.fetches[index(buffer)].moved * element[index(buffer)];
    };
    EXPECT_EQ(result.timing.compute.count(), c.nest.repeats * c.tiling.compute);
    EXPECT_EQ(result.counters.weights.count(), moved(Buffer::kWeights));
    EXPECT_EQ(result.counters.activations.count(), moved(Buffer::kActivations));
    EXPECT_EQ(result.counters.sums.count(), c.nest.repeats * c.order.fill);
    EXPECT_EQ(result.counters.results.count(), c.nest.repeats * c.order.drain);
    EXPECT_EQ(result.counters.tiles, c.nest.repeats * c.tiles);
  });
}

TEST(CycleEngine, IsNeverFasterThanArrayOrPort) {
  for_random_cases(500, 13, 4000, [](const PlannedCase& c) {
    const cycle::bitfusion::Result result = c.run();
    const std::int64_t bits = result.counters.weights.count() +
                              result.counters.activations.count() + result.counters.sums.count() +
                              result.counters.results.count();
    EXPECT_GT(result.timing.total.count(), result.timing.compute.count() + c.skew());
    EXPECT_GE(result.timing.total, result.counters.port_busy);
    EXPECT_GE(result.counters.port_busy.count(), ceil_div(bits, c.hardware.port_bits));
  });
}

TEST(CycleEngine, DiffersByTheSkewAndWholeBeatsWhereALayerIsOneTile) {
  int one_tile = 0;
  for_random_cases(200, 14, 1, [&](const PlannedCase& c) {
    if (c.nest.repeats > 1) return;
    const cycle::bitfusion::Result result = c.run();
    const std::int64_t port = c.hardware.port_bits;
    const std::int64_t bits[] = {result.counters.weights.count(),
                                 result.counters.activations.count(), result.counters.sums.count()};
    std::int64_t beats = 0, together = 0;
    for (const std::int64_t each : bits) beats += ceil_div(each, port), together += each;
    EXPECT_EQ(result.timing.total.count(), c.tiling.compute + c.order.latency +
                                               (c.hardware.oddities.overlap_full ? c.skew() : 0) +
                                               beats - ceil_div(together, port));
    ++one_tile;
  });
  EXPECT_GT(one_tile, 100);
}

TEST(CycleEngine, EqualsTheWalkCycleByCycle) {
  for_random_cases(400, 15, 200, [](const PlannedCase& c) {
    const TileProgram program(c.nest, c.hardware, c.plan);
    EXPECT_EQ(c.run().timing.total.count(), testing::walk_beats(program, c.hardware));
  });
}

TEST(CycleEngine, PaysMemorysLatencyBeforeAndAfterALayerOfOneTile) {
  for_random_cases(50, 16, 1, [](const PlannedCase& c) {
    if (c.nest.repeats > 1) return;
    PlannedCase late = c;
    late.hardware.memory_latency_cycles = 70;
    EXPECT_EQ(late.run().timing.total, c.run().timing.total + Cycles(2 * 70));
  });
}

TEST(CycleEngine, LosesNothingButTimeToALateMemory) {
  for_random_cases(60, 17, 500, [](const PlannedCase& c) {
    const TileProgram program(c.nest, c.hardware, c.plan);
    const auto at_once = c.run();
    const auto late =
        cycle::bitfusion::run(program, c.hardware, {.stall_seed = 3, .tiles_done = {}});
    const auto again =
        cycle::bitfusion::run(program, c.hardware, {.stall_seed = 3, .tiles_done = {}});
    EXPECT_EQ(late.timing.compute, at_once.timing.compute);
    EXPECT_EQ(late.counters.port_busy, at_once.counters.port_busy);
    EXPECT_EQ(late.timing.total, again.timing.total);
  });
}

}  // namespace
}  // namespace bitloom
