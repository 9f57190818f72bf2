// Workloads of ZigZag as tables of layers.
#include <gtest/gtest.h>

#include "models/graph/layer_table.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

const std::string kConvolution =
    "- id: 0\n"
    "  operator_type: Conv\n"
    "  equation: O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]\n"
    "  dimension_relations: [ix=2*ox+1*fx, iy=2*oy+1*fy]\n"
    "  loop_dims: [B, K, C, OY, OX, FY, FX]\n"
    "  loop_sizes: [1, 64, 3, 112, 56, 7, 3]\n";
const std::string kBits = "  operand_precision: {W: 4, I: 6, O: 16, O_final: 8}\n";

class ZigZag : public ::testing::Test {
 protected:
  std::vector<graph::LayerRow> read(const std::string& text) const {
    return graph::read_layer_table(folder_.write("net.yaml", text));
  }
  std::string refusal_of(const std::string& text) const {
    return testing::without(testing::complaint([&] { read(text); }), folder_.path().string() + "/");
  }
  testing::TemporaryFolder folder_;
};

TEST_F(ZigZag, HasItsConvolutions) {
  const auto rows = read(kConvolution + kBits + "  operand_source: {I: 0, W: 0}\n");
  ASSERT_EQ(rows.size(), 1u);
  const graph::LayerShape& layer = rows[0].layer;
  EXPECT_EQ(rows[0].network, "net");
  EXPECT_EQ(rows[0].line, 1u);
  EXPECT_EQ(rows[0].precision, (graph::Precision{4, 6}));
  EXPECT_FALSE(rows[0].batch) << "one image is no batch of its own";
  EXPECT_EQ(layer.name, "Conv_0");
  EXPECT_EQ(layer.kind, graph::LayerKind::kConvolution);
  EXPECT_TRUE(layer.reads_input);
  EXPECT_EQ(layer.in_channels, 3);
  EXPECT_EQ(layer.out_channels, 64);
  EXPECT_EQ(layer.kernel, (graph::Extent{7, 3}));
  EXPECT_EQ(layer.stride, (graph::Extent{2, 2}));
  EXPECT_EQ(layer.output, (graph::Extent{112, 56}));
  EXPECT_EQ(layer.input, (graph::Extent{229, 113})) << "with its padding, as nothing says it";
  EXPECT_EQ(layer.macs().count(), 112 * 56 * 7 * 3 * 3 * 64);
}

TEST_F(ZigZag, HoldsInputsAndPaddingsToTheLoops) {
  const auto sized = [&](const char* sizes, const char* padding) {
    return kConvolution + "  pr_loop_dims: [IX, IY]\n  pr_loop_sizes: " + sizes + "\n" +
           (*padding ? std::string("  padding: ") + padding + "\n" : "");
  };
  EXPECT_EQ(read(sized("[112, 224]", "[[1, 1], [3, 3]]"))[0].layer.input,
            (graph::Extent{224, 112}));
  EXPECT_EQ(read(sized("[112, 224]", ""))[0].layer.input, (graph::Extent{224, 112}));
  EXPECT_EQ(refusal_of(sized("[112, 224]", "[[0, 0], [3, 3]]")),
            "net.yaml:1:3: [0]: loop 'OX' must be 55, which an input of 112 with a padding of 0, a "
            "window of 3 and a stride of 2 give, got 56");
  EXPECT_EQ(refusal_of(sized("[112, 240]", "")),
            "net.yaml:1:3: [0]: loop 'OY' must be 117 to 123, which an input of 240, a window of 7 "
            "and a stride of 2 leave, got 112");
  EXPECT_EQ(refusal_of(sized("[112, 224]", "[[1, 1]]")),
            "net.yaml:9:12: [0].padding: must have 2 pairs, one for each of pr_loop_dims, got 1");
}

TEST_F(ZigZag, HasGroupsImagesAndProducts) {
  const auto rows = read(
      "- {id: 3, name: dw, operator_type: Conv, loop_dim_size: {B: 4, G: 32, K: 1, C: 1, OX: 8, "
      "OY: 8, FX: 3, FY: 3}, dimension_relations: [ix=ox+fx, iy=oy+fy], "
      "equation: 'O[b][g][k][oy][ox] += W[g][k][c][fy][fx] * I[b][g][c][iy][ix]'}\n"
      "- {id: 4, operator_type: Gemm, loop_dims: [D, K, C], loop_sizes: [10, 20, 30], "
      "equation: 'O[d][k]+=I[d][c]*W[c][k]'}\n"
      "- {id: 5, operator_type: MatMul, loop_dims: [H, D, K, C], loop_sizes: [8, 10, 20, 30], "
      "equation: 'O[h][d][k]+=I[h][d][c]*W[h][c][k]', operand_source: {I: 4, W: 3}}\n"
      "- {id: 6, operator_type: Gemm, loop_dims: [B, K, C], loop_sizes: [2, 20, 30], "
      "equation: 'O[b][k]+=I[b][c]*W[c][k]', operand_source: {I: 5, W: 6}}\n");
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].layer.name, "dw");
  EXPECT_EQ(rows[0].layer.kind, graph::LayerKind::kDepthwise);
  EXPECT_EQ(rows[0].layer.groups, 32);
  EXPECT_EQ(rows[0].batch, 4);
  EXPECT_EQ(rows[0].layer.macs().count(), 8 * 8 * 9 * 32);
  EXPECT_EQ(rows[1].layer.product(), (graph::Product{10, 30, 20, 1}));
  EXPECT_EQ(rows[1].line, 2u);
  EXPECT_EQ(rows[2].layer.kind, graph::LayerKind::kMatMul);
  EXPECT_EQ(rows[2].layer.product(),
            (graph::Product{10, 30, 20, 8, graph::SecondOperand::kActivation}));
  EXPECT_EQ(rows[3].layer.kind, graph::LayerKind::kLinear);
  EXPECT_EQ(rows[3].layer.weights(), 600);
  EXPECT_EQ(rows[3].batch, 2);
}

TEST_F(ZigZag, LeavesOutWhatMultipliesNoTwoOperands) {
  const auto rows = read(
      kConvolution +
      "- id: 1\n  operator_type: Pooling\n"
      "  equation: O[b][g][oy][ox]+=W[fx][fy]*I[b][g][iy][ix]\n"
      "  dimension_relations: [ix=2*ox+1*fx, iy=2*oy+1*fy]\n"
      "  loop_dims: [B, G, OY, OX, FX, FY]\n  loop_sizes: [1, 64, 56, 28, 3, 3]\n"
      "  operand_precision: {I: 8, W: 0, O: 16, O_final: 8}\n"
      "- id: 2\n  operator_type: Add\n  equation: O[b][g][oy][ox]=W[b][g][oy][ox]+I[b][g][oy][ox]\n"
      "  loop_dims: [B, G, OY, OX]\n  loop_sizes: [1, 64, 56, 28]\n");
  EXPECT_EQ(rows.size(), 1u);
  EXPECT_EQ(refusal_of("- {id: 2, operator_type: Add, equation: 'O[b]=W[b]+I[b]', loop_dims: [B], "
                       "loop_sizes: [2]}"),
            "net.yaml:1:1: has no layer that multiplies two operands");
}

TEST_F(ZigZag, IsRefusedWithThePlaceOfWhatIsWrong) {
  EXPECT_EQ(refusal_of(kConvolution + kConvolution),
            "net.yaml:7:7: [1].id: 0 is the id of line 1's layer; one for each would be right");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = kConvolution + kBits;
    text.replace(text.find(from), from.size(), to);
    return refusal_of(text);
  };
  EXPECT_EQ(with("loop_sizes: [1, 64,", "loop_sizes: [64,"),
            "net.yaml:6:15: [0].loop_sizes: must have 7 sizes, one for each of loop_dims, got 6");
  EXPECT_EQ(with("loop_sizes: [1, 64,", "loop_sizes: [1, 0,"),
            "net.yaml:6:19: [0].loop_sizes[1]: must be in [1, 16777216], got 0");
  EXPECT_EQ(with("ix=2*ox+1*fx", "ix=2*ox+1*fx-1"),
            "net.yaml:4:25: [0].dimension_relations[0]: must be as ix=2*ox+1*fx, got "
            "'ix=2*ox+1*fx-1'");
  EXPECT_EQ(with("ix=2*ox", "iz=2*ox"),
            "net.yaml:4:25: [0].dimension_relations[0]: 'IZ' is no index of the operand I in the "
            "equation");
  EXPECT_EQ(with("I[b][c][iy][ix]", "I[b][c][iy][iz]"),
            "net.yaml:4:25: [0].dimension_relations[0]: 'IX' is no index of the operand I in the "
            "equation");
  EXPECT_EQ(with("W[k][c]", "W[k][e]"),
            "net.yaml:3:13: [0].equation: index 'E' of W is no loop of the layer");
  EXPECT_EQ(with("W[k][c][fy][fx]*", "W[k][c*"),
            "net.yaml:3:13: [0].equation: must be as O[b][k]+=W[k][c]*I[b][c], got "
            "'O[b][k][oy][ox]+=W[k][c*I[b][c][iy][ix]'");
  EXPECT_EQ(with("W[k][c][fy]", "W[k][fy]"),
            "net.yaml:1:3: [0]: loop 'C' of 3 is of one operand alone: no product of matrices");
  EXPECT_EQ(with("W: 4", "W: 64"),
            "net.yaml:7:26: [0].operand_precision.W: must be in [0, 16], got 64");
  EXPECT_EQ(with("loop_sizes: [1, 64, 3, 112", "loop_sizes: [1, 64, 3, 70000"),
            "net.yaml:1:3: [0]: the window over 'OY' and 'FY' has a side of 70000; at most 65536");
  EXPECT_EQ(with("id: 0", "idd: 0").substr(0, 43), "net.yaml:1:3: [0].idd: unknown key 'idd': d");
  EXPECT_EQ(refusal_of("{layers: []}").substr(0, 44),
            "net.yaml:1:1: is no table of layers: a list ");
}

}  // namespace
}  // namespace bitloom
