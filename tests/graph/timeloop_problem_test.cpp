// Problems of Timeloop as tables of one layer.
#include <gtest/gtest.h>

#include "models/graph/layer_table.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

const std::string kShape =
    "  shape:\n"
    "    name: conv2D\n"
    "    dimensions: [C, M, R, S, N, P, Q]\n"
    "    coefficients:\n"
    "    - {name: Wstride, default: 1}\n"
    "    - {name: Hstride, default: 1}\n"
    "    - {name: Wdilation, default: 1}\n"
    "    - {name: Hdilation, default: 1}\n"
    "    data_spaces:\n"
    "    - {name: Weights, projection: [[[C]], [[M]], [[R]], [[S]]]}\n"
    "    - name: Inputs\n"
    "      projection: [[[N]], [[C]], [[R, Wdilation], [P, Wstride]], [[S, Hdilation], "
    "[Q, Hstride]]]\n"
    "    - {name: Outputs, projection: [[[N]], [[M]], [[Q]], [[P]]], read_write: true}\n";

class Timeloop : public ::testing::Test {
 protected:
  graph::LayerRow read(const std::string& text) const {
    const auto rows = graph::read_layer_table(folder_.write("conv1.yml", text));
    EXPECT_EQ(rows.size(), 1u);
    return rows.at(0);
  }
  graph::LayerRow instance(const std::string& sizes) const {
    return read("problem:\n  version: 0.4\n  instance: {" + sizes + "}\n" + kShape);
  }
  std::string refusal_of(const std::string& sizes) const {
    return testing::without(testing::complaint([&] { instance(sizes); }),
                            folder_.path().string() + "/");
  }
  testing::TemporaryFolder folder_;
};

TEST_F(Timeloop, HasAConvolutionByItsShape) {
  const graph::LayerRow row = instance(
      "C: 3, M: 32, R: 3, S: 5, N: 2, P: 112, Q: 56, Wstride: 2, Hstride: 4, W: 224, H: 224, "
      "Wpad: 1, Hpad: 2");
  const graph::LayerShape& layer = row.layer;
  EXPECT_EQ(row.network, "conv1");
  EXPECT_EQ(layer.name, "conv1");
  EXPECT_EQ(row.line, 2u);
  EXPECT_EQ(row.batch, 2);
  EXPECT_FALSE(row.precision);
  EXPECT_EQ(layer.kernel, (graph::Extent{5, 3})) << "R is of the width, S of the height";
  EXPECT_EQ(layer.stride, (graph::Extent{4, 2}));
  EXPECT_EQ(layer.output, (graph::Extent{56, 112}));
  EXPECT_EQ(layer.input, (graph::Extent{224, 224}));
  EXPECT_EQ(layer.macs().count(), 112 * 56 * 15 * 3 * 32);
}

TEST_F(Timeloop, HasItsOwnShapeByName) {
  for (const char* channels : {"K", "M"}) {
    const graph::LayerRow row =
        read(std::string("problem: {shape: cnn-layer, C: 3, ") + channels +
             ": 64, R: 11, S: 11, N: 1, P: 55, Q: 55, Wstride: 4, Hstride: 4, Wdilation: 1, "
             "Hdilation: 1}");
    EXPECT_EQ(row.layer.out_channels, 64);
    EXPECT_EQ(row.layer.input, (graph::Extent{227, 227})) << "with its padding";
    EXPECT_FALSE(row.batch);
  }
}

TEST_F(Timeloop, HasDepthwiseLayersAndMatrixProducts) {
  const graph::LayerRow depthwise = read(
      "problem:\n  instance: {C: 16, R: 3, S: 3, N: 1, P: 8, Q: 8}\n  shape:\n"
      "    dimensions: [C, R, S, N, P, Q]\n    data-spaces:\n"
      "    - {name: Weights, projection: [[[C]], [[R]], [[S]]]}\n"
      "    - {name: Inputs, projection: [[[N]], [[C]], [[R], [P]], [[S], [Q]]]}\n"
      "    - {name: Outputs, projection: [[[N]], [[C]], [[Q]], [[P]]], read-write: True}\n");
  EXPECT_EQ(depthwise.layer.kind, graph::LayerKind::kDepthwise);
  EXPECT_EQ(depthwise.layer.groups, 16);
  EXPECT_EQ(depthwise.layer.input, (graph::Extent{10, 10}));
  const graph::LayerRow gemm = read(
      "problem:\n  instance: {M: 10, N: 20, K: 30, bitwidths: {A: 6, B: 4, Z: 16}}\n  shape:\n"
      "    dimensions: [M, N, K]\n    data-spaces:\n"
      "    - {name: A, projection: [[[M]], [[K]]]}\n    - {name: B, projection: [[[N]], [[K]]]}\n"
      "    - {name: Z, projection: [[[M]], [[N]]], read-write: True}\n");
  EXPECT_EQ(gemm.layer.product(), (graph::Product{10, 30, 20, 1}));
  EXPECT_EQ(gemm.precision, (graph::Precision{4, 6}));
}

TEST_F(Timeloop, IsRefusedWithThePlaceOfWhatIsWrong) {
  EXPECT_EQ(refusal_of("C: 3, M: 32, R: 3, S: 3, N: 1, P: 112"),
            "conv1.yml:3:13: problem.instance: key 'Q' is missing");
  EXPECT_EQ(refusal_of("C: 3, M: 32, R: 3, S: 3, N: 1, P: 112, Q: 0"),
            "conv1.yml:3:56: problem.instance.Q: must be in [1, 16777216], got 0");
  EXPECT_EQ(refusal_of("C: 3, M: 32, R: 3, S: 3, N: 1, P: 112, Q: 112, W: 224, H: 224, Wstride: 2, "
                       "Hstride: 2, Wpad: 0"),
            "conv1.yml:2:3: problem: loop 'P' must be 111, which an input of 224 with a padding of "
            "0, a window of 3 and a stride of 2 give, got 112");
  EXPECT_EQ(refusal_of("C: 3, M: 32, R: 3, S: 3, N: 1, P: 112, Q: 112, Vstride: 2").substr(0, 68),
            "conv1.yml:3:61: problem.instance.Vstride: unknown key 'Vstride': did");
  EXPECT_EQ(testing::without(testing::complaint([&] { read("problem: {shape: my-layer, C: 3}"); }),
                             folder_.path().string() + "/"),
            "conv1.yml:1:18: problem.shape: unknown shape 'my-layer': did you mean cnn-layer? "
            "(known: cnn-layer, cnn_layer)");
}

}  // namespace
}  // namespace bitloom
