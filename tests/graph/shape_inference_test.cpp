#include <gtest/gtest.h>

#include "models/graph/graph.h"
#include "models/graph/layer_shape.h"
#include "models/graph/window.h"
#include "models/operators/activation.h"
#include "models/operators/add.h"
#include "models/operators/batch_norm.h"
#include "models/operators/concat.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"
#include "models/operators/padded_subsample.h"
#include "models/operators/pool.h"
#include "models/operators/upsample.h"
#include "tests/graph/error_text.h"

namespace bitloom::graph {
namespace {

Window window(std::int64_t kernel, std::int64_t stride, Padding padding = {},
              std::int64_t dilation = 1) {
  return {{kernel, kernel}, {stride, stride}, padding, {dilation, dilation}};
}

Convolution convolution(std::int64_t out, Window window, std::int64_t groups = 1) {
  return {.out_channels = out, .window = window, .groups = groups};
}

Shape shape_of(const Operator& op, const std::vector<Shape>& inputs) { return op.shape(inputs); }

std::string misfit(const Operator& op, const std::vector<Shape>& inputs) {
  return error_text([&] { op.shape(inputs); });
}

TEST(SamePadding, OddPaddingLiesAtTheBottomAndRight) {
  const Window strided = window(3, 2, Padding::same());
  EXPECT_EQ(resolved_padding(strided, {224, 224}), (Padding{0, 0, 1, 1}));
  EXPECT_EQ(window_output(strided, {224, 224}), (Extent{112, 112}));
  EXPECT_EQ(resolved_padding(strided, {7, 8}), (Padding{1, 0, 1, 1}));
  EXPECT_EQ(window_output(strided, {7, 8}), (Extent{4, 4}));
}

TEST(SamePadding, CountsDilationAndIsNeverNegative) {
  EXPECT_EQ(resolved_padding(window(3, 1, Padding::same(), 2), {9, 9}), Padding::all(2));
  EXPECT_EQ(resolved_padding(window(1, 2, Padding::same()), {8, 8}), Padding::all(0));
  EXPECT_EQ(window_output(window(1, 2, Padding::same()), {7, 7}), (Extent{4, 4}));
}

TEST(WindowOutput, FloorsUnlessCeilModeCountsThePartialWindow) {
  EXPECT_EQ(window_output(window(3, 2), {112, 112}), (Extent{55, 55}));
  EXPECT_EQ(window_output(window(3, 2), {112, 112}, true), (Extent{56, 56}));
  EXPECT_EQ(window_output(window(3, 2), {111, 111}, true), (Extent{55, 55}));
}

TEST(WindowOutput, CeilModeStartsNoWindowBeyondTheImage) {
  // Rows 0..2 and a column of padding: a third window would begin at row 4 of 4.
  EXPECT_EQ(window_output(window(2, 2, Padding::all(1)), {3, 3}, true), (Extent{2, 2}));
  EXPECT_EQ(window_output(window(1, 2), {2, 2}, true), (Extent{1, 1}));
}

TEST(WindowOutput, DilationSpreadsTheWindow) {
  EXPECT_EQ(window_output(window(3, 1, {}, 2), {7, 7}), (Extent{3, 3}));
  EXPECT_EQ(window_output(window(3, 1, Padding::all(2), 2), {7, 7}), (Extent{7, 7}));
}

TEST(ShapeInference, ConvolutionsKeepGroupsApart) {
  EXPECT_EQ(shape_of(convolution(64, window(3, 2, Padding::all(1)), 4), {{32, 15, 9}}),
            (Shape{64, 8, 5}));
  EXPECT_EQ(misfit(convolution(64, window(1, 1), 3), {{32, 8, 8}}),
            "3 groups must divide 32 input and 64 output channels");
}

TEST(ShapeInference, RectangularWindowsChangeEachDirectionByItself) {
  const Window wide{{1, 7}, {1, 1}, {0, 3, 0, 3}, {1, 1}};
  EXPECT_EQ(shape_of(convolution(8, wide), {{4, 17, 5}}), (Shape{8, 17, 5}));
}

TEST(ShapeInference, PaddedSubsampleTakesEveryStridethRow) {
  EXPECT_EQ(shape_of(PaddedSubsample{2, 8, 8}, {{16, 32, 31}}), (Shape{32, 16, 16}));
}

TEST(ShapeInference, ConcatAddsChannels) {
  EXPECT_EQ(shape_of(Concat{}, {{64, 28, 28}, {96, 28, 28}, {1, 28, 28}}), (Shape{161, 28, 28}));
  EXPECT_EQ(misfit(Concat{}, {{64, 28, 28}, {64, 28, 27}}), "joins 64x28x27 to 64x28x28");
  EXPECT_EQ(misfit(Concat{}, {}), "takes one input or more, got 0");
}

TEST(ShapeInference, UpsampleEnlargesToAnySize) {
  EXPECT_EQ(shape_of(Upsample{{25, 42}}, {{256, 13, 21}}), (Shape{256, 25, 42}));
  EXPECT_EQ(shape_of(Upsample{{13, 21}}, {{256, 13, 21}}), (Shape{256, 13, 21}));
  EXPECT_EQ(misfit(Upsample{{12, 42}}, {{256, 13, 21}}), "cannot shrink 256x13x21 to 12x42");
  EXPECT_EQ(misfit(Upsample{{0, 42}}, {{256, 13, 21}}), "height must be in [1, 1048576], got 0");
}

TEST(ShapeInference, FlattenAndPoolsAndElementwiseOperators) {
  EXPECT_EQ(shape_of(Flatten{}, {{512, 7, 7}}), (Shape{25088}));
  EXPECT_EQ(shape_of(GlobalAveragePool{}, {{512, 7, 9}}), (Shape{512, 1, 1}));
  EXPECT_EQ(shape_of(Add{}, {{8, 4, 4}, {8, 4, 4}}), (Shape{8, 4, 4}));
  EXPECT_EQ(shape_of(BatchNorm{}, {{4096}}), (Shape{4096}));
  EXPECT_EQ(shape_of(Pool{PoolKind::kAverage, window(2, 2)}, {{8, 5, 4}}), (Shape{8, 2, 2}));
}

TEST(ShapeInference, MisfitsSayWhatDoesNotFit) {
  EXPECT_EQ(misfit(convolution(8, window(3, 1)), {{16}}),
            "takes {channels, height, width}, got 16");
  EXPECT_EQ(misfit(convolution(8, window(5, 1, Padding::all(1))), {{3, 2, 9}}),
            "window of 5 does not fit into 4 rows or columns with padding");
  EXPECT_EQ(misfit(convolution(8, window(0, 1)), {{3, 9, 9}}),
            "kernel height must be in [1, 1048576], got 0");
  EXPECT_EQ(misfit(convolution(8, window(3, 1, Padding::all(-1))), {{3, 9, 9}}),
            "padding must be in [0, 1048576]");
  EXPECT_EQ(misfit(convolution(0, window(3, 1)), {{3, 9, 9}}),
            "output channels must be in [1, 1048576], got 0");
  EXPECT_EQ(misfit(Linear{10}, {{512, 7, 7}}), "takes {features}, got 512x7x7: flatten it first");
  EXPECT_EQ(misfit(Add{}, {{8, 4, 4}, {16, 4, 4}}), "adds 16x4x4 to 8x4x4");
  EXPECT_EQ(misfit(Add{}, {{8, 4, 4}}), "takes two inputs or more, got 1");
  EXPECT_EQ(misfit(Flatten{}, {}), "takes one input, got 0");
  EXPECT_EQ(misfit(Linear{10}, {{4}, {4}}), "takes one input, got 2");
  EXPECT_EQ(misfit(Input{{3}}, {{4}}), "takes no inputs, got 1");
  EXPECT_EQ(misfit(Input{{}}, {}), "shape must have a dimension");
}

TEST(Graph, NamesTheNodeThatDoesNotFit) {
  Graph graph("net");
  const NodeId image = graph.add("image", Input{{3, 4, 4}}, {});
  EXPECT_EQ(error_text([&] { graph.add("fc", Linear{10}, {image}); }),
            "network net: linear 'fc': takes {features}, got 3x4x4: flatten it first");
  EXPECT_EQ(error_text([&] { graph.add("image", Flatten{}, {image}); }),
            "network net: flatten 'image': the name is used twice");
  EXPECT_EQ(graph.nodes().size(), 1u);
}

/// `net` after an image of 8 channels and a convolution `owner` of 16, 3x3, with bias.
class SharedWeights : public ::testing::Test {
 protected:
  SharedWeights() {
    image_ = graph_.add("image", Input{{8, 6, 6}}, {});
    graph_.add("owner", with_bias(16, ""), {image_});
  }
  static Convolution with_bias(std::int64_t out, std::string weights_of) {
    return {.out_channels = out,
            .window = window(3, 1, Padding::all(1)),
            .bias = true,
            .weights_of = std::move(weights_of)};
  }
  std::string refusal(const Convolution& sharer) {
    return error_text([&] { graph_.add("sharer", sharer, {image_}); });
  }
  Graph graph_{"net"};
  NodeId image_ = 0;
};

TEST_F(SharedWeights, MakeALayerOfItsOwnAndCountOnce) {
  const std::int64_t alone = parameter_count(graph_);
  EXPECT_EQ(alone, 16 * 8 * 9 + 16);
  const NodeId small = graph_.add("pool", Pool{PoolKind::kMax, window(2, 2)}, {image_});
  graph_.add("sharer", with_bias(16, "owner"), {small});
  EXPECT_EQ(parameter_count(graph_), alone);
  const std::vector<LayerShape> layers = layers_of(graph_);
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_EQ(layers[1].weights_of, "owner");
  EXPECT_EQ(layers[1].macs().count(), 3 * 3 * 16 * 8 * 9);
}

TEST_F(SharedWeights, MustExistAndFit) {
  EXPECT_EQ(refusal(with_bias(16, "ownr")),
            "network net: convolution 'sharer': 'ownr' is no earlier convolution with weights of "
            "its own");
  EXPECT_EQ(refusal(with_bias(16, "image")),
            "network net: convolution 'sharer': 'image' is no earlier convolution with weights of "
            "its own");
  EXPECT_EQ(refusal(with_bias(32, "owner")),
            "network net: convolution 'sharer': needs weights of 32x8x3x3 with bias, 'owner' has "
            "16x8x3x3 with bias");
  Convolution without_bias = with_bias(16, "owner");
  without_bias.bias = false;
  EXPECT_EQ(refusal(without_bias),
            "network net: convolution 'sharer': needs weights of 16x8x3x3, 'owner' has 16x8x3x3 "
            "with bias");
}

TEST_F(SharedWeights, AreNamedByTheirOwnerNotByAnotherSharer) {
  graph_.add("second", with_bias(16, "owner"), {image_});
  EXPECT_EQ(refusal(with_bias(16, "second")),
            "network net: convolution 'sharer': 'second' is no earlier convolution with weights of "
            "its own");
}

}  // namespace
}  // namespace bitloom::graph
