// The search that skips what cannot win against the one that prices everything.
#include <gtest/gtest.h>

#include "base/error.h"
#include "sim/analytic/bitfusion/search.h"
#include "tests/bitfusion/random_case.h"

namespace bitloom {
namespace {

using analytic::bitfusion::Mapping;
using analytic::bitfusion::Traffic;
using testing::OddityChoice;
using testing::RandomBitFusionCase;

void expect_same(const Mapping& pruned, const Mapping& all, const std::string& where) {
  EXPECT_EQ(pruned.tile, all.tile) << where;
  EXPECT_EQ(pruned.order, all.order) << where;
  EXPECT_EQ(pruned.dataflow, all.dataflow) << where;
  EXPECT_EQ(pruned.cycles, all.cycles) << where;
  EXPECT_EQ(pruned.compute_cycles, all.compute_cycles) << where;
  EXPECT_EQ(pruned.energy.total, all.energy.total) << where;
  for (const auto counter :
       {&Traffic::wbuf_read, &Traffic::wbuf_write, &Traffic::ibuf_read, &Traffic::ibuf_write,
        &Traffic::obuf_read, &Traffic::obuf_write, &Traffic::dram_read, &Traffic::dram_write})
    EXPECT_EQ(pruned.traffic.*counter, all.traffic.*counter) << where;
}

/// Compares until `wanted` layers fitted; returns how many tilings were skipped.
std::int64_t compare(OddityChoice oddities, int wanted, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::int64_t skipped = 0;
  int compared = 0;
  for (int i = 0; compared < wanted && i < 20 * wanted; ++i) {
    const RandomBitFusionCase c = testing::random_bitfusion_case(random, oddities);
    try {
      const auto nest = mapping::bitfusion::loop_nest(c.layer, c.precision, c.hardware, c.batch);
      const Mapping pruned = analytic::bitfusion::search(c.layer, nest, c.hardware);
      const Mapping all = analytic::bitfusion::search(c.layer, nest, c.hardware, true);
      expect_same(pruned, all, "case " + std::to_string(i));
      skipped += all.priced - pruned.priced;
      ++compared;
    } catch (const UserError&) {
    }  // no tile fits
  }
  EXPECT_EQ(compared, wanted);
  return skipped;
}

TEST(TilingSearch, FindsWhatPricingEveryTilingInEveryOrderFinds) {
  EXPECT_GT(compare(OddityChoice::kAll, 60, 1), 0);
  EXPECT_GT(compare(OddityChoice::kNone, 60, 2), 0);
  EXPECT_GT(compare(OddityChoice::kAny, 120, 3), 0);
}

}  // namespace
}  // namespace bitloom
