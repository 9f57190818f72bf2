#include "models/graph/layer_table.h"

#include <gtest/gtest.h>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

const std::string kColumns = "network,layer,kind,K,I,O,S,IC,OC,batch,abits,wbits,im2col\n";

class LayerTable : public ::testing::Test {
 protected:
  std::vector<graph::LayerRow> read(const std::string& rows) const {
    return graph::read_layer_table(folder_.write("t.csv", kColumns + rows));
  }
  std::string refusal_of(const std::string& rows) const {
    return testing::without(testing::complaint([&] { read(rows); }), folder_.path().string() + "/");
  }
  testing::TemporaryFolder folder_;
};

TEST_F(LayerTable, HasTheLayersOfItsRowsInOrder) {
  const auto rows = read(
      "Net,first,conv,3,32,16,2,3,8,4,6,5,1\n"
      "Net,second,depthwise,3,16,16,1,8,8,4,2,1,0\n"
      "Other,last,fc,1,1,1,1,100,10,1,8,8,0\n");
  ASSERT_EQ(rows.size(), 3U);
  const graph::LayerShape& first = rows[0].layer;
  EXPECT_EQ(rows[0].network, "Net");
  EXPECT_EQ(first.name, "first");
  EXPECT_TRUE(first.reads_input);
  EXPECT_EQ(first.macs().count(), 16 * 16 * 9 * 3 * 8);
  EXPECT_EQ(rows[0].precision, (graph::Precision{5, 6}));
  EXPECT_EQ(rows[0].batch, 4);
  EXPECT_EQ(rows[1].layer.kind, graph::LayerKind::kDepthwise);
  EXPECT_EQ(rows[1].layer.macs().count(), 16 * 16 * 9 * 8);
  EXPECT_EQ(rows[2].layer.kind, graph::LayerKind::kLinear);
  EXPECT_EQ(rows[2].layer.weights(), 1000);
}

TEST_F(LayerTable, HasOutputsFromNoPaddingToAllThatReachesTheInput) {
  for (const char* sides : {"3,8,6", "3,8,10", "5,2,1", "5,2,6", "1,8,8"})  // K, I, O
    EXPECT_EQ(refusal_of(std::string("N,l,conv,") + sides + ",1,4,1,1,8,8,0\n"), "no complaint")
        << sides;
}

TEST_F(LayerTable, HasThePublishedNetworks) {
  const auto rows =
      graph::read_layer_table(BITLOOM_SOURCE_DIR "/tests/golden/bitfusion_networks.csv");
  EXPECT_EQ(rows.size(), 61U);
}

/// Columns that a table of layers needs, and those that it may have.
class ShortTable : public LayerTable {
 protected:
  graph::LayerRow only(const std::string& columns, const std::string& row) const {
    return graph::read_layer_table(folder_.write("short.csv", columns + "\n" + row + "\n")).at(0);
  }
  graph::LayerShape layer(const std::string& row) const { return only(kSides, row).layer; }
  std::string complaint(const std::string& columns, const std::string& row) const {
    return testing::without(testing::complaint([&] { only(columns, row); }),
                            folder_.path().string() + "/");
  }
  const std::string kSides = "layer,kind,K,I,O,S,P,groups,IC,OC";
};

TEST_F(ShortTable, LeavesOutWhatOptionsGive) {
  const graph::LayerRow row = only("layer,kind,K,I,O,S,IC,OC", "l,conv,3,8,8,1,4,6");
  EXPECT_EQ(row.network, "short");
  EXPECT_FALSE(row.precision || row.batch || row.layer.reads_input);
  EXPECT_EQ(only("layer,kind,K,I,O,S,IC,OC,batch", "l,conv,3,8,8,1,4,6,16").batch, 16);
  EXPECT_EQ(only("layer,kind,K,I,O,S,IC,OC,abits,wbits", "l,conv,3,8,8,1,4,6,2,3").precision,
            (graph::Precision{3, 2}));
}

TEST_F(ShortTable, HasRectangularSidesOfHeightTimesWidth) {
  const graph::LayerShape wide = layer("l,conv,1x7,10x20,10x10,1x2,,,4,6");
  EXPECT_EQ(wide.kernel, (graph::Extent{1, 7}));
  EXPECT_EQ(wide.stride, (graph::Extent{1, 2}));
  EXPECT_EQ(wide.input, (graph::Extent{10, 20}));
  EXPECT_EQ(wide.output, (graph::Extent{10, 10}));
  EXPECT_EQ(wide.macs().count(), 10 * 10 * 7 * 4 * 6);
}

TEST_F(ShortTable, GetsOutputsByPadding) {
  EXPECT_EQ(layer("l,conv,3,8,,1,1,,4,6").output, (graph::Extent{8, 8}));
  EXPECT_EQ(layer("l,conv,3,224,,2,0x0x1x1,,4,6").output, (graph::Extent{112, 112}));
  EXPECT_EQ(layer("l,conv,3x5,8x9,,1,0x2,,4,6").output, (graph::Extent{6, 9}));
  EXPECT_EQ(layer("l,conv,1,13,15,1,1,,4,6").output, (graph::Extent{15, 15})) << "padding of a 1x1";
  EXPECT_EQ(layer("l,conv,3,8,8,1,1,,4,6").output, (graph::Extent{8, 8})) << "both agree";
}

TEST_F(ShortTable, HasGroups) {
  const graph::LayerShape grouped = layer("l,conv,3,8,8,1,1,2,4,6");
  EXPECT_EQ(grouped.groups, 2);
  EXPECT_EQ(grouped.kind, graph::LayerKind::kConvolution);
  EXPECT_EQ(grouped.macs().count(), 8 * 8 * 9 * 2 * 6);
  EXPECT_EQ(layer("l,conv,3,8,8,1,1,4,4,8").kind, graph::LayerKind::kDepthwise);
  EXPECT_EQ(layer("l,depthwise,3,8,8,1,1,4,4,8").groups, 4);
}

TEST_F(ShortTable, RefusesWhatContradictsItself) {
  const auto refused = [&](const std::string& row) { return complaint(kSides, row); };
  EXPECT_EQ(refused("l,conv,3,8,7,1,1,,4,6"),
            "short.csv:2: O: must be 8x8, which I, K, S and P give, got 7");
  EXPECT_EQ(refused("l,conv,3x3,8x6,8x5,1,,,4,6"), "no complaint");
  EXPECT_EQ(refused("l,conv,3x3,8x6,8x9,1,,,4,6"),
            "short.csv:2: O: width must be at most 8, which I, K and S leave, got 9");
  EXPECT_EQ(refused("l,conv,3x3,8x6,5x6,1,,,4,6"),
            "short.csv:2: O: height must be at least 6, which I, K and S leave, got 5");
  EXPECT_EQ(refused("l,conv,7,4,,1,1,,4,6"),
            "short.csv:2: K: must be at most 6, the input with its padding, got 7");
  EXPECT_EQ(refused("l,conv,3,8,,1,,,4,6"),
            "short.csv:2: O: must be given, or the padding P that leads to it");
  EXPECT_EQ(refused("l,conv,3x,8,8,1,,,4,6"),
            "short.csv:2: K: must be N, HxW, whole numbers in [1, 65536], got '3x'");
  EXPECT_EQ(refused("l,conv,3,8,8,1,1x1x1,,4,6"),
            "short.csv:2: P: must be N, HxW or TOPxLEFTxBOTTOMxRIGHT, whole numbers in [0, 65536], "
            "got '1x1x1'");
  EXPECT_EQ(refused("l,conv,3,8,8,1,1,4,6,8"),
            "short.csv:2: groups: must divide IC (6) and OC (8), got 4");
  EXPECT_EQ(refused("l,depthwise,3,8,8,1,1,2,4,8"),
            "short.csv:2: groups: must be 4, the IC of a depthwise layer, got 2");
  EXPECT_EQ(refused("l,fc,1,1,1,1,1,,4,8"), "short.csv:2: P: must be 0 for an fc layer, got 1");
  EXPECT_EQ(refused("l,fc,1,1,,1,,2,4,8"), "short.csv:2: groups: must be 1 for an fc layer, got 2");
  EXPECT_EQ(refused("l,fc,1,1,,1,,,,8"),
            "short.csv:2: IC: must be a whole number in [1, 16777216], got ''");
}

TEST_F(ShortTable, NamesColumnsThatAreMissingTwiceOrUnknown) {
  EXPECT_EQ(complaint("layer,kind,K,I,O,S,IC,OC,wbits", "l,conv,3,8,8,1,4,6,8"),
            "short.csv:2: abits: must be given beside wbits");
  EXPECT_EQ(complaint("layer,kind,K,I,O,S,IC", "l,conv,3,8,8,1,4"),
            "short.csv:1: must have the column 'OC' once");
  EXPECT_EQ(complaint("layer,kind,K,I,O,S,IC,OC,P,P", "l,conv,3,8,8,1,4,6,1,1"),
            "short.csv:1: must have the column 'P' once");
  EXPECT_EQ(complaint("layer,kind,K,I,O,S,IC,OC,group", "l,conv,3,8,8,1,4,6,1"),
            "short.csv:1: unknown column 'group': did you mean groups? (known: layer, kind, K, I, "
            "S, IC, OC, network, O, P, groups, batch, abits, wbits, im2col)");
}

TEST_F(LayerTable, RefusesRowsThatAreNoLayer) {
  EXPECT_EQ(refusal_of("N,l,dense,1,1,1,1,1,1,1,8,8,0\n"),
            "t.csv:2: kind: unknown kind 'dense' (known: conv, depthwise, fc)");
  EXPECT_EQ(refusal_of("N,l,conv,3,8,8,1,0,1,1,8,8,0\n"),
            "t.csv:2: IC: must be a whole number in [1, 16777216], got '0'");
  EXPECT_EQ(refusal_of("N,l,conv,3,8,8,1,4,1,1,17,8,0\n"),
            "t.csv:2: abits: must be a whole number in [1, 16], got '17'");
  EXPECT_EQ(refusal_of("N,l,conv,3,8,8,1,4,1,1,8,8,2\n"),
            "t.csv:2: im2col: must be a whole number in [0, 1], got '2'");
  EXPECT_EQ(refusal_of("N,l,conv,3,8,11,1,4,1,1,8,8,0\n"),
            "t.csv:2: O: must be at most 10, which I, K and S leave, got 11");
  EXPECT_EQ(refusal_of("N,l,conv,3,8,5,1,4,1,1,8,8,0\n"),
            "t.csv:2: O: must be at least 6, which I, K and S leave, got 5");
  EXPECT_EQ(refusal_of("N,l,depthwise,3,9,3,2,4,4,1,8,8,0\n"),
            "t.csv:2: O: must be at least 4, which I, K and S leave, got 3");
  EXPECT_EQ(refusal_of("N,l,fc,3,1,1,1,4,1,1,8,8,0\n"),
            "t.csv:2: K: must be 1 for an fc layer, got 3");
  EXPECT_EQ(refusal_of("N,l,fc,1x3,1,1,1,4,1,1,8,8,0\n"),
            "t.csv:2: K: must be 1 for an fc layer, got 1x3");
  EXPECT_EQ(refusal_of("N,l,fc,1,1,1,1,4,1,1,8,8,1\n"),
            "t.csv:2: im2col: must be 0 for an fc layer, got 1");
  EXPECT_EQ(refusal_of("N,l,depthwise,3,8,8,1,4,6,1,8,8,0\n"),
            "t.csv:2: OC: must be a multiple of IC (4) for a depthwise layer, got 6");
  EXPECT_EQ(refusal_of("N,,fc,1,1,1,1,4,1,1,8,8,0\n"), "t.csv:2: layer: must name the layer");
}

TEST(LayerTableText, MayGiveSidesOfAnFcLayerAsOneByOne) {
  const auto rows = graph::parse_layer_table(
      "t.csv", "layer,kind,K,I,O,S,groups,IC,OC\na,fc,1x1,1x1,1,1x1,1.0,4,8\n");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].layer.kind, graph::LayerKind::kLinear);
  EXPECT_EQ(rows[0].layer.macs(), Macs(32));
}

TEST(LayerTableText, MayHaveBlankRowsAndSaysHowSidesAreWritten) {
  const std::string columns = "layer,kind,K,I,P,S,groups,IC,OC\n";
  const auto rows = graph::parse_layer_table("t.csv", columns + "a,conv,3,8,1,1,1,4,8\n,,,,,,,,\n");
  ASSERT_EQ(rows.size(), 1U);
  try {
    graph::parse_layer_table("t.csv", columns + "a,conv,1X7,8,1,1,1,4,8\n");
    ADD_FAILURE();
  } catch (const UserError& wrong) {
    EXPECT_STREQ(wrong.what(),
                 "t.csv:2: K: must be N, HxW, whole numbers in [1, 65536], got '1X7'");
  }
}

}  // namespace
}  // namespace bitloom
