#include <array>

#include <fmt/format.h>

#include "models/graph/zoo/blocks.h"
#include "models/graph/zoo/networks.h"
#include "models/operators/concat.h"

namespace bitloom::graph {
namespace {

// Huang et al. 2017, table 1, and section 3 for growth rate, bottleneck and compression.
constexpr std::array<int, 4> kDenseBlocks{6, 12, 24, 16};
constexpr std::int64_t kGrowth = 32;
constexpr std::int64_t kBottleneck = 4;

/// Adds kGrowth channels, made from all the channels so far, to them.
void dense_layer(Graph& graph, Chain& net, const std::string& name) {
  Chain grown(graph, net.at());
  grown.batch_norm(name + ".norm1").relu(name + ".relu1");
  grown.convolution(name + ".conv1", kBottleneck * kGrowth, 1, 1, Padding::all(0));
  grown.batch_norm(name + ".norm2").relu(name + ".relu2");
  grown.convolution(name + ".conv2", kGrowth, 3, 1, Padding::all(1));
  net = Chain(graph, graph.add(name + ".concat", Concat{}, {net.at(), grown.at()}));
}

/// Halves channels, height and width.
void transition(Chain& net, const std::string& name) {
  net.batch_norm(name + ".norm").relu(name + ".relu");
  net.convolution(name + ".conv", net.channels() / 2, 1, 1, Padding::all(0));
  net.then(name + ".pool",
           Pool{.kind = PoolKind::kAverage, .window = square_window(2, 2, Padding::all(0))});
}

}  // namespace

Graph make_densenet121(Extent image) {
  Graph graph("densenet121");
  Chain net(graph, add_image_input(graph, image));
  net.convolution("features.conv0", 2 * kGrowth, 7, 2, Padding::all(3));
  net.batch_norm("features.norm0").relu("features.relu0").max_pool("features.pool0", 3, 2, 1);
  for (std::size_t block = 1; block <= kDenseBlocks.size(); ++block) {
    for (int layer = 1; layer <= kDenseBlocks[block - 1]; ++layer)
      dense_layer(graph, net, fmt::format("features.denseblock{}.denselayer{}", block, layer));
    if (block < kDenseBlocks.size()) transition(net, fmt::format("features.transition{}", block));
  }
  net.batch_norm("features.norm5").relu("relu").classifier("classifier", 1000);
  return graph;
}

}  // namespace bitloom::graph
