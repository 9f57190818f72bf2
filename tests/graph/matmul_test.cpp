#include "models/operators/matmul.h"

#include <gtest/gtest.h>

#include "models/graph/layer_shape.h"
#include "tests/graph/attention.h"
#include "tests/graph/error_text.h"

namespace bitloom::graph {
namespace {

std::string product_misfit(const MatMul& op, const std::vector<Shape>& inputs) {
  return error_text([&] { Operator(op).shape(inputs); });
}

TEST(MatMul, MultipliesMatrixByMatrix) {
  EXPECT_EQ(Operator(MatMul{}).shape({{4, 5, 8}, {4, 8, 3}}), (Shape{4, 5, 3}));
  EXPECT_EQ(Operator(MatMul{true}).shape({{4, 5, 8}, {4, 3, 8}}), (Shape{4, 5, 3}));
  EXPECT_EQ(product_misfit({}, {{4, 5, 8}, {4, 3, 8}}), "multiplies 4x5x8 by 4x3x8");
  EXPECT_EQ(product_misfit({true}, {{4, 5, 8}, {2, 3, 8}}), "multiplies 4x5x8 by 2x3x8 transposed");
  EXPECT_EQ(product_misfit({}, {{4, 5, 8}, {8}}), "takes {matrices, rows, columns}, got 8");
  EXPECT_EQ(product_misfit({}, {{4, 5, 8}}), "takes two inputs, got 1");
}

TEST(MatMul, IsALayerWhoseSecondOperandIsAnActivation) {
  const std::vector<LayerShape> layers = layers_of(attention());
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_EQ(layers[0].product(), (Product{5, 8, 7, 4, SecondOperand::kActivation}));
  EXPECT_EQ(layers[0].macs().count(), 4 * 5 * 7 * 8);
  EXPECT_TRUE(layers[0].signed_activations);
  EXPECT_EQ(layers[0].read_by, std::vector<std::string>{"mixture"});
  EXPECT_EQ(layers[1].product(), (Product{5, 7, 8, 4, SecondOperand::kActivation}));
  EXPECT_FALSE(layers[1].signed_activations) << "a softmax is never negative";
  EXPECT_EQ(layers[1].stored_weights(), 0);
  EXPECT_EQ(parameter_count(attention()), 0);
}

TEST(GraphNames, AreThoseOfInputsAndResults) {
  const Graph graph = attention();
  EXPECT_EQ(graph.inputs(), (std::vector<NodeId>{0, 1, 2}));
  ASSERT_EQ(graph.outputs().size(), 2u);
  EXPECT_EQ(graph.outputs()[0].name, "mixed");
  EXPECT_EQ(graph.node(graph.outputs()[1].node).name, "shares");
  EXPECT_EQ(error_text([&] { graph.only_input(); }),
            "network attention: must have one input, has 3");
  EXPECT_EQ(error_text([&] { graph.only_output(); }),
            "network attention: must have one output, has 2");
  Graph twice = rebuilt(graph, [](const Node& node) { return node.op; });
  EXPECT_EQ(twice.outputs().size(), 2u);
  EXPECT_EQ(error_text([&] { twice.add_output("mixed", 0); }),
            "network attention: output 'mixed': the name is used twice");
}

TEST(GraphNames, OfAGraphThatNamesNoResultAreItsLastNodes) {
  Graph graph("net");
  graph.add("image", Input{{3, 4, 4}}, {});
  EXPECT_EQ(graph.outputs()[0].name, "image");
  EXPECT_EQ(graph.only_output().name, "image");
}

}  // namespace
}  // namespace bitloom::graph
