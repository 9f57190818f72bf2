// Operators on LibTorch: all there are, and those whose inputs may be many.
#include <gtest/gtest.h>

#include "models/operators/add.h"
#include "models/operators/input.h"
#include "models/operators/operators.h"
#include "models/torch/network.h"

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

}  // namespace
}  // namespace bitloom::nn
