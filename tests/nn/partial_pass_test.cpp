// A pass in two parts is the pass in one.
#include <gtest/gtest.h>

#include "models/graph/zoo/zoo.h"
#include "models/torch/network.h"

namespace bitloom::nn {
namespace {

/// Counts the layers that are left.
struct Counter : LayerHooks {
  std::size_t layers = 0;
  Tensor weight(std::size_t, const Tensor& w) override { return ++layers, w; }
};

TEST(PartialPass, StandsBeforeAnyLayerAndEndsAsTheWholePass) {
  const torch::NoGradGuard no_gradient;
  torch::manual_seed(1);
  for (const char* name : {"resnet20", "squeezenet_v1.1"}) {
    const graph::Graph graph = graph::make_network(name);
    Network network(graph, initial_parameters(graph, 1));
    const graph::Shape& input = graph.only_input().shape;
    const Tensor images = torch::randn({2, input[0], input[1], input[2]});
    const Tensor whole = network.forward(images);
    PartialPass pass = network.begin(images);
    for (std::size_t layer = 0; layer < network.layers(); ++layer) {
      network.advance(pass, layer);
      for (int twice = 0; twice < 2; ++twice) {
        Counter counter;
        EXPECT_TRUE(torch::equal(network.finish(pass, counter), whole)) << name << " " << layer;
        EXPECT_EQ(counter.layers, network.layers() - layer);
      }
    }
  }
}

}  // namespace
}  // namespace bitloom::nn
