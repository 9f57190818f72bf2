// The search that skips what cannot win against the one that prices everything.
#include <gtest/gtest.h>

#include "base/error.h"
#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/families/bitfusion/analytic.h"
#include "sim/simulator.h"
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
std::int64_t compare(OddityChoice oddities, double slack_pct, int wanted, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::int64_t skipped = 0;
  int compared = 0;
  for (int i = 0; compared < wanted && i < 20 * wanted; ++i) {
    RandomBitFusionCase c = testing::random_bitfusion_case(random, oddities);
    c.hardware.mapping_slack_pct = slack_pct;
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
  for (const double slack_pct : {0., 1., 20.}) {
    EXPECT_GT(compare(OddityChoice::kAll, slack_pct, 40, 1), 0);
    EXPECT_GT(compare(OddityChoice::kNone, slack_pct, 40, 2), 0);
    EXPECT_GT(compare(OddityChoice::kAny, slack_pct, 60, 3), 0);
  }
}

TEST(TilingSearch, SpendsTheSlackOnEnergy) {
  std::mt19937 random(4);
  int cheaper = 0;
  for (int i = 0; i < 100; ++i) {
    RandomBitFusionCase c = testing::random_bitfusion_case(random, OddityChoice::kNone);
    try {
      const auto nest = mapping::bitfusion::loop_nest(c.layer, c.precision, c.hardware, c.batch);
      const Mapping fastest = analytic::bitfusion::search(c.layer, nest, c.hardware);
      c.hardware.mapping_slack_pct = 10;
      const Mapping slack = analytic::bitfusion::search(c.layer, nest, c.hardware);
      EXPECT_GE(slack.cycles, fastest.cycles) << i;
      EXPECT_LE(10 * slack.cycles, 11 * fastest.cycles) << i;
      EXPECT_LE(slack.energy.total, fastest.energy.total) << i;
      cheaper += slack.energy.total < fastest.energy.total ? 1 : 0;
    } catch (const UserError&) {
    }  // no tile fits
  }
  EXPECT_GT(cheaper, 10);
}

/// The energy of a network on a shipped machine, every layer at the same bits.
Picojoules energy_of(const std::vector<graph::LayerShape>& layers, graph::Precision bits,
                     const hardware::Hardware& hw) {
  Picojoules energy;
  for (const cost::LayerCost& cost :
       sim::price(layers, graph::uniform_policy(layers.size(), bits), hw, hw.batch()))
    energy += cost.energy.total();
  return energy;
}

TEST(TilingSearch, MakesFewerBitsThatComposeAlikeCostNoMoreOnTheRealMachines) {
  constexpr double kLittle = 1.01;
  for (const char* machine : {"bitfusion-edge-real", "bitfusion-cloud-real"}) {
    const auto hw = hardware::load_hardware(machine, BITLOOM_SOURCE_DIR "/configs/hardware");
    for (const char* network : {"mobilenet_v1", "resnet50"}) {
      const auto layers = graph::layers_of(graph::make_network(network));
      for (const graph::Precision bits :
           {graph::Precision{2, 2}, {4, 4}, {6, 6}, {7, 7}, {8, 8}, {4, 8}, {8, 4}, {2, 8}}) {
        const double all = kLittle * energy_of(layers, bits, hw).count();
        const auto fewer = [](int b) { return b - 1; };
        for (const graph::Precision less :
             {graph::Precision{fewer(bits.weight_bits), bits.activation_bits},
              {bits.weight_bits, fewer(bits.activation_bits)},
              {fewer(bits.weight_bits), fewer(bits.activation_bits)}})
          EXPECT_LE(energy_of(layers, less, hw).count(), all)
              << machine << ' ' << network << ' ' << graph::to_text(less) << " against "
              << graph::to_text(bits);
      }
    }
  }
}

}  // namespace
}  // namespace bitloom
