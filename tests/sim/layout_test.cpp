// How activations lie in memory: docs/reference/timing-knobs.md, "Layout of activations", by hand.
#include <gtest/gtest.h>

#include "sim/engines.h"
#include "sim/families/bismo/mapping.h"
#include "sim/simulator.h"
#include "tests/support/complaint.h"
#include "tests/support/priced_on_bismo.h"
#include "tests/support/tiny_layers.h"

namespace bitloom {
namespace {

using hardware::Conversion;
using hardware::Im2col;

/// 3 x 3 windows of 7 channels: 25 pixels, words of 4 bits from a port of 3.
graph::LayerShape windows(std::int64_t stride) {
  graph::LayerShape layer;
  layer.name = "windows";
  layer.in_channels = 7;
  layer.out_channels = 5;
  layer.kernel = {3, 3};
  layer.stride = {stride, stride};
  layer.input = {9, 9};
  layer.output = {5, 5};
  return layer;
}

hardware::Bismo with_layout(Im2col im2col, Conversion convert, std::int64_t port_bits) {
  hardware::Bismo hw = testing::tiny_hardware();
  hw.layout.im2col = im2col;
  hw.layout.convert = convert;
  hw.layout.port_bits = port_bits;
  return hw;
}

TEST(Im2col, OnTheFlyReadsTheNewPixelsOfAWindow) {
  hardware::Bismo hw = with_layout(Im2col::kOnTheFly, Conversion::kNone, 0);
  hw.dk = 64;
  hw.activation_port_bits = 5;
  const auto words = [&](std::int64_t stride) {
    return mapping::map_layer(windows(stride), {2, 2}, hw, 1).activation_words;
  };
  // K = 63 bits, one word, of which 1, 4 and all of 9 pixels are new.
  EXPECT_EQ(words(1).last.bytes, 1);  // 7 bits
  EXPECT_EQ(words(1).last.beats, 2);
  EXPECT_EQ(words(2).last.bytes, 4);  // 28 bits
  EXPECT_EQ(words(2).last.beats, 6);
  EXPECT_EQ(words(3).last.bytes, 8);  // 63 bits
  EXPECT_EQ(words(4).last.beats, 13);
  EXPECT_EQ(words(1).full.bytes, 1);  // ceil(64 / 9) bits
  hw.layout.im2col = Im2col::kHost;
  EXPECT_EQ(words(1).last.beats, 13);
}

TEST(Im2col, OnTheFlyReadsLessOfDram) {
  const auto read = [](Im2col im2col) {
    hardware::Bismo hw = with_layout(im2col, Conversion::kNone, 0);
    hw.dk = 64;
    hw.activation_port_bits = 64;
    return testing::priced_on_bismo(windows(1), {2, 2}, hw).actions.port_activations.count();
  };
  // 25 rows, 2 bits, one word, in one block: a beat of 64 bits each, or a byte.
  EXPECT_EQ(read(Im2col::kHost), 25 * 2 * 64);
  EXPECT_EQ(read(Im2col::kOnTheFly), 25 * 2 * 8);
}

TEST(Im2col, OnTheFlyChangesNothingWhereAllPixelsOfAWindowAreNew) {
  hardware::Bismo host = with_layout(Im2col::kHost, Conversion::kAll, 8);
  hardware::Bismo on_the_fly = with_layout(Im2col::kOnTheFly, Conversion::kAll, 8);
  for (const std::int64_t stride : {3, 4}) {
    graph::LayerShape layer = windows(stride);
    layer.input = {4 * stride + 3, 4 * stride + 3};  // 5 x 5 windows, the last one at the edge
    const auto a = testing::priced_on_bismo(layer, {2, 2}, host);
    const auto b = testing::priced_on_bismo(layer, {2, 2}, on_the_fly);
    EXPECT_EQ(a.timing.total, b.timing.total) << stride;
    EXPECT_EQ(a.actions, b.actions) << stride;
  }
}

TEST(WriteBack, OfActivationsThatAreAllConvertedHasWholeBytes) {
  hardware::Bismo hw = with_layout(Im2col::kHost, Conversion::kDiffering, 8);
  hw.result_port_bits = 8;
  hw.write_back = hardware::WriteBack::kActivations;
  const auto written = [&] {
    return mapping::map_layer(windows(2), {2, 3}, hw, 1, {{}, 5}).written_bits;
  };
  EXPECT_EQ(written(), 5);
  hw.layout.convert = Conversion::kAll;
  EXPECT_EQ(written(), 8);
}

struct Moved {
  std::int64_t read, written;
  bool operator==(const Moved&) const = default;
};

Moved moved(const hardware::Bismo& hw, std::optional<int> input_bits) {
  const mapping::Conversion c =
      mapping::map_layer(windows(2), {2, 3}, hw, 2, {input_bits, 16}).conversion;
  return {c.read_bits, c.written_bits};
}

TEST(Conversion, MovesTheExpandedMatrixOrTheImage) {
  constexpr std::int64_t kMatrix = 2 * 25 * 63, kImage = 2 * 7 * 81;
  const auto host = with_layout(Im2col::kHost, Conversion::kAll, 8);
  EXPECT_EQ(moved(host, 3), (Moved{kMatrix * 8, kMatrix * 3}));
  EXPECT_EQ(moved(host, 9), (Moved{kMatrix * 16, kMatrix * 3}));
  EXPECT_EQ(moved(host, {}), (Moved{kMatrix * 8, kMatrix * 3}));
  const auto on_the_fly = with_layout(Im2col::kOnTheFly, Conversion::kAll, 8);
  EXPECT_EQ(moved(on_the_fly, 3), (Moved{kImage * 8, kImage * 3}));
}

TEST(Conversion, IsDoneByTheFirstPartOfALayerAlone) {
  const auto host = with_layout(Im2col::kHost, Conversion::kAll, 8);
  const auto mapped = mapping::map_layer(windows(2), {2, 3}, host, 2, {3, 16, true});
  EXPECT_TRUE(mapped.conversion.is_none());
}

TEST(Conversion, LeavesOutOnlyPixelsBetweenWindows) {
  const auto read_pixels = [](std::int64_t stride) {
    graph::LayerShape layer = windows(stride);
    layer.in_channels = layer.out_channels = 1;
    layer.kernel = layer.output = {2, 2};
    layer.input = {5, 5};
    const auto hw = with_layout(Im2col::kOnTheFly, Conversion::kAll, 8);
    return mapping::map_layer(layer, {1, 1}, hw, 1, {1, 16}).conversion.written_bits;
  };
  EXPECT_EQ(read_pixels(1), 25);
  EXPECT_EQ(read_pixels(2), 25) << "a stride equal to the kernel leaves no pixel between windows";
  EXPECT_EQ(read_pixels(3), 16);
}

TEST(Conversion, OfDifferingBitsSparesLayersThatReadWhatWasWritten) {
  constexpr std::int64_t kImage = 2 * 7 * 81;
  auto hw = with_layout(Im2col::kOnTheFly, Conversion::kDiffering, 8);
  EXPECT_EQ(moved(hw, 3), (Moved{0, 0}));
  EXPECT_EQ(moved(hw, 5), (Moved{kImage * 5, kImage * 3}));
  EXPECT_EQ(moved(hw, {}), (Moved{kImage * 8, kImage * 3}));  // the network's input
  hw.result_port_bits = 8;
  hw.write_back = hardware::WriteBack::kAccumulators;
  EXPECT_EQ(moved(hw, 3), (Moved{kImage * 32, kImage * 3}));
  EXPECT_EQ(moved(hw, {}), (Moved{kImage * 8, kImage * 3}));
  hw.layout.convert = Conversion::kNone;
  EXPECT_EQ(moved(hw, 3), (Moved{0, 0}));
}

TEST(Conversion, ComesBeforeTheLayerAndIsPaidFor) {
  constexpr std::int64_t kMatrix = 2 * 25 * 63;
  const auto with = with_layout(Im2col::kHost, Conversion::kAll, 10);
  const auto without = with_layout(Im2col::kHost, Conversion::kNone, 0);
  for (const auto engine : {sim::analytic(), sim::cycle()}) {
    const cost::LayerCost converted = sim::price(windows(2), {2, 3}, with, 2, engine);
    const cost::LayerCost given = sim::price(windows(2), {2, 3}, without, 2, engine);
    EXPECT_EQ(converted.timing.conversion.count(), kMatrix * 8 / 10 + kMatrix * 3 / 10);
    EXPECT_EQ(converted.timing.total, given.timing.total + converted.timing.conversion);
    EXPECT_EQ(converted.dram - given.dram, Bits(kMatrix * (8 + 3)));
    EXPECT_NEAR((converted.energy.dram - given.energy.dram).count(),
                kMatrix * 11 * with.energy.dram_bit_pj.value, 1e-3);
    const double idle = kMatrix * 1.1 * 2 * 3 * with.energy.idle_dpu_pj.value;  // 2 x 3 DPUs
    EXPECT_NEAR((converted.energy.compute - given.energy.compute).count(),
                kMatrix * 11 * with.layout.convert_bit_pj.value + idle, 1e-3);
  }
}

TEST(Conversion, BoundsALayerOfFewBits) {
  const auto hw = with_layout(Im2col::kHost, Conversion::kAll, 1);
  const auto result = sim::run(windows(2), {1, 1}, hw, 1, {sim::cycle()});
  const auto details = result.details.as<cost::LayerDetails>();
  EXPECT_EQ(cycle::to_text(details.counters->bound()), "conversion");
}

TEST(CostTables, ConvertFromTheEntrysOwnBitsButTheNetworksInput) {
  std::vector<graph::LayerShape> layers{windows(2), windows(2)};
  layers[0].name = "first";
  layers[0].read_by = {"windows"};
  const auto hw = with_layout(Im2col::kHost, Conversion::kDiffering, 8);
  const sim::CostTable table(layers, hw, 1, 8);
  EXPECT_EQ(table.at(0, {2, 8}).timing.conversion.count(), 0);
  EXPECT_EQ(table.at(0, {2, 3}).timing.conversion.count(), 25 * 63 + (25 * 63 * 3 + 7) / 8);
  EXPECT_EQ(table.at(1, {2, 3}).timing.conversion.count(), 0);
  // A policy knows more: what the first layer writes has the second one's bits.
  EXPECT_EQ(sim::price(layers, {{2, 8}, {2, 3}}, hw, 1)[1].timing.conversion.count(), 0);
}

}  // namespace
}  // namespace bitloom
