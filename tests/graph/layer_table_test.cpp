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
  EXPECT_EQ(refusal_of("N,l,fc,1,1,1,1,4,1,1,8,8,1\n"),
            "t.csv:2: im2col: must be 0 for an fc layer, got 1");
  EXPECT_EQ(refusal_of("N,l,depthwise,3,8,8,1,4,6,1,8,8,0\n"),
            "t.csv:2: OC: must be a multiple of IC (4) for a depthwise layer, got 6");
  EXPECT_EQ(refusal_of("N,,fc,1,1,1,1,4,1,1,8,8,0\n"), "t.csv:2: layer: must name the layer");
}

}  // namespace
}  // namespace bitloom
