// Operators on LibTorch: all there are, and those whose inputs may be many.
#include <gtest/gtest.h>

#include "base/error.h"
#include "models/operators/add.h"
#include "models/operators/input.h"
#include "models/operators/operators.h"
#include "models/operators/upsample.h"
#include "models/torch/network.h"
#include "tests/graph/attention.h"

namespace bitloom::nn {
namespace {

TEST(OperatorsOnLibTorch, AreThoseOfTheTableButTheInput) {
  for (const graph::OperatorEntry& each : graph::operators())
    EXPECT_EQ(computation_of(*each.kind) == nullptr, each.kind == &graph::kKind<graph::Input>)
        << each.name;
}

TEST(OperatorsOnLibTorch, AddEveryInput) {
  graph::Graph graph("sum");
  const graph::NodeId image = graph.add("image", graph::Input{{2, 3, 3}}, {});
  const graph::NodeId twice = graph.add("twice", graph::Add{}, {image, image});
  graph.add("sum", graph::Add{}, {image, twice, image, twice});
  const Tensor images = torch::arange(18, torch::kFloat32).reshape({1, 2, 3, 3});
  EXPECT_TRUE(torch::equal(Network(graph, {}).forward(images), 6 * images));
}

TEST(OperatorsOnLibTorch, EnlargeHeightAndWidthEachByItsOwnFactor) {
  graph::Graph graph("large");
  graph.add("large", graph::Upsample{{3, 4}}, {graph.add("image", graph::Input{{1, 2, 2}}, {})});
  const Tensor images = torch::arange(4, torch::kFloat32).reshape({1, 1, 2, 2});
  const Tensor expected = torch::tensor({0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3}, torch::kFloat32);
  EXPECT_TRUE(torch::equal(Network(graph, {}).forward(images), expected.reshape({1, 1, 3, 4})));
}

TEST(OperatorsOnLibTorch, MultiplyActivationsOfSeveralInputsIntoSeveralOutputs) {
  Network network(graph::attention(), {});
  torch::manual_seed(1);
  const Tensor queries = torch::randn({2, 4, 5, 8}), keys = torch::randn({2, 4, 7, 8}),
               values = torch::randn({2, 4, 7, 8});
  LayerHooks none;
  const std::vector<Tensor> outputs = network.run({queries, keys, values}, Mode::kInference, none);
  ASSERT_EQ(outputs.size(), 2u);
  const Tensor shares = torch::einsum("bhqd,bhkd->bhqk", {queries, keys}).softmax(-1);
  EXPECT_TRUE(torch::allclose(outputs[1], shares, 1e-5, 1e-6));
  EXPECT_TRUE(
      torch::allclose(outputs[0], torch::einsum("bhqk,bhkd->bhqd", {shares, values}), 1e-5, 1e-6));
  EXPECT_THROW(network.forward(queries), UserError);
  EXPECT_THROW(network.layer_weight(0), UserError);
}

}  // namespace
}  // namespace bitloom::nn
