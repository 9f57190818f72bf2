// Topologies of SCALE-Sim as tables of layers.
#include <gtest/gtest.h>

#include "models/graph/layer_table.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

const std::string kConvolutions =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, "
    "Strides,\n";

class Topology : public ::testing::Test {
 protected:
  std::vector<graph::LayerRow> read(const std::string& text) const {
    return graph::read_layer_table(folder_.write("net.csv", text));
  }
  std::string refusal_of(const std::string& text) const {
    return testing::without(testing::complaint([&] { read(text); }), folder_.path().string() + "/");
  }
  testing::TemporaryFolder folder_;
};

TEST_F(Topology, HasItsConvolutionsInOrder) {
  const auto rows = read(kConvolutions +
                         "Conv1, 224, 224, 7, 7, 3, 64, 2,\n"
                         "Wide ,  10,   8, 3, 1, 4,  6, 1,\n\n"
                         "DP1,    14,  14, 3, 3, 5,  2, 2,\n"
                         "FC,      1,   1, 1, 1, 512, 1000, 1,\n");
  ASSERT_EQ(rows.size(), 4u);
  const graph::LayerShape& first = rows[0].layer;
  EXPECT_EQ(rows[0].network, "net");
  EXPECT_EQ(rows[0].line, 2u);
  EXPECT_FALSE(rows[0].precision || rows[0].batch);
  EXPECT_EQ(first.name, "Conv1");
  EXPECT_TRUE(first.reads_input);
  EXPECT_EQ(first.output, (graph::Extent{110, 110})) << "as SCALE-Sim has it: 217 / 2 rounded up";
  EXPECT_EQ(first.macs().count(), 110 * 110 * 49 * 3 * 64);
  EXPECT_EQ(rows[1].layer.output, (graph::Extent{8, 8}));
  EXPECT_EQ(rows[1].layer.macs().count(), 8 * 8 * 3 * 4 * 6);
  EXPECT_FALSE(rows[1].layer.reads_input);
  EXPECT_EQ(rows[2].layer.kind, graph::LayerKind::kDepthwise);
  EXPECT_EQ(rows[2].layer.output, (graph::Extent{7, 7}));
  EXPECT_EQ(rows[2].layer.macs().count(), 7 * 7 * 9 * 5 * 2);
  EXPECT_EQ(rows[3].layer.kind, graph::LayerKind::kLinear);
  EXPECT_EQ(rows[3].layer.weights(), 512000);
  EXPECT_EQ(rows[3].line, 6u);
}

TEST_F(Topology, MayBeOfMatrixProducts) {
  for (const char* head : {"Layer, M, N, K,\n", "Layer Name,m,n,k\n"}) {
    const auto rows = read(head + std::string("QKT, 1024, 512, 64,\nFC, 1, 10, 20,\n"));
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].layer.product(), (graph::Product{1024, 64, 512, 1}));
    EXPECT_FALSE(rows[0].layer.reads_input);
    EXPECT_EQ(rows[1].layer.kind, graph::LayerKind::kLinear);
    EXPECT_EQ(rows[1].layer.weights(), 200);
  }
}

TEST_F(Topology, MayHaveSparsitiesWhichAreNotPriced) {
  const std::string head = kConvolutions.substr(0, kConvolutions.size() - 1);
  const auto dense = read(kConvolutions + "c, 5, 5, 3, 3, 4, 8, 1,\n");
  for (const char* sparsity : {"1:1", "2:4"}) {
    const auto rows =
        read(head + " Sparsity,\nc, 5, 5, 3, 3, 4, 8, 1, " + std::string(sparsity) + ",\n");
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].layer.macs(), dense[0].layer.macs());
  }
  EXPECT_EQ(read("Layer, M, N, K, Sparsity\nq, 4, 5, 6, 1:1\n").size(), 1u);
}

TEST_F(Topology, IsRefusedWithItsLineWhereItIsNone) {
  EXPECT_EQ(refusal_of(kConvolutions + "c, 5, 5, 7, 3, 1, 1, 1,\n"),
            "net.csv:2: Filter Height: must be at most 5, the input's, got 7");
  EXPECT_EQ(refusal_of(kConvolutions + "c, 5, 5, 3, 7, 1, 1, 1,\n"),
            "net.csv:2: Filter Width: must be at most 5, the input's, got 7");
  EXPECT_EQ(refusal_of(kConvolutions + "c, 5, 5, 3, 3, 1, 1, 0,\n"),
            "net.csv:2: Strides: must be a whole number in [1, 65536], got '0'");
  EXPECT_EQ(refusal_of(kConvolutions + ", 5, 5, 3, 3, 1, 1, 1,\n"),
            "net.csv:2: Layer name: must name the layer");
  EXPECT_EQ(refusal_of(kConvolutions + "DP, 5, 5, 3, 3, 65536, 257, 1,\n"),
            "net.csv:2: Num Filter: 257 for each of 65536 channels are more than 16777216");
  EXPECT_EQ(refusal_of("Layer, M, N, K\nq, 1, 2\n"),
            "net.csv:2: must have 4 cells, one for each column, got 3");
}

TEST_F(Topology, IsToldHowItsColumnsDiffer) {
  const std::string convolutions =
      "net.csv:1: looks like a topology of SCALE-Sim (Layer name, IFMAP Height, IFMAP Width, "
      "Filter "
      "Height, Filter Width, Channels, Num Filter, Strides): ";
  const std::string head =
      "Layer name,IFMAP Height,IFMAP Width,Filter Height,Filter Width,Channels";
  EXPECT_EQ(refusal_of(head + ",Num Filter,Stride\nc,5,5,3,3,1,1,1\n"),
            convolutions + "column 8 must be 'Strides', got 'Stride'");
  EXPECT_EQ(refusal_of(head + ",Num Filter,Strides,Density\nc,5,5,3,3,1,1,1,0\n"),
            convolutions + "column 9, 'Density', is not known");
  EXPECT_EQ(refusal_of(head + ",Num Filter,Strides,,Sparsity\nc,5,5,3,3,1,1,1,,1:1\n"),
            convolutions + "column 9 has no name: is there a comma too many?");
  EXPECT_EQ(refusal_of(head + ",Num Filter\nc,5,5,3,3,1,1\n"),
            convolutions + "the column 'Strides' is missing");
  EXPECT_EQ(refusal_of("Layer, M, K, N\nq, 1, 2, 3\n"),
            "net.csv:1: looks like a topology of SCALE-Sim (Layer, M, N, K): column 3 must be 'N', "
            "got 'K'");
}

}  // namespace
}  // namespace bitloom
