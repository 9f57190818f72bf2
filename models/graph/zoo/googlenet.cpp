#include <array>

#include <fmt/format.h>

#include "models/graph/zoo/blocks.h"
#include "models/graph/zoo/networks.h"
#include "models/operators/concat.h"

namespace bitloom::graph {
namespace {

struct Inception {
  const char* name;
  std::int64_t channels_1x1;
  std::int64_t channels_3x3;  // of the 3x3 and of the 1x1 before it
  std::int64_t channels_5x5;  // likewise
  const char* pool_after = nullptr;
};

constexpr std::array<Inception, 9> kInceptions{{{"inception_3a", 96, 128, 32},
                                                {"inception_3b", 192, 192, 96, "pool3"},
                                                {"inception_4a", 256, 208, 48},
                                                {"inception_4b", 224, 224, 64},
                                                {"inception_4c", 192, 256, 64},
                                                {"inception_4d", 176, 288, 64},
                                                {"inception_4e", 384, 320, 128, "pool4"},
                                                {"inception_5a", 384, 320, 128},
                                                {"inception_5b", 512, 384, 128}}};

void batch_norm_relu(Chain& net, const std::string& scope, const std::string& part) {
  net.batch_norm(fmt::format("{}/bn_{}", scope, part));
  net.relu(fmt::format("{}/relu_{}", scope, part));
}

/// Caffe's pooling: a last, partial window counts.
void pool(Chain& net, const std::string& scope) {
  net.max_pool(scope + "/3x3_s2", 3, 2, 0, true);
  batch_norm_relu(net, scope, "3x3");
}

/// A 1x1 and a `kernel` x `kernel` convolution of as many channels.
NodeId reduced_path(Graph& graph, NodeId from, const std::string& scope, std::int64_t channels,
                    std::int64_t kernel) {
  const std::string size = fmt::format("{0}x{0}", kernel);
  Chain path(graph, from);
  path.convolution(fmt::format("{}/{}_reduce", scope, size), channels, 1, 1, Padding::all(0));
  batch_norm_relu(path, scope, size + "_reduce");
  path.convolution(fmt::format("{}/{}", scope, size), channels, kernel, 1,
                   Padding::all(kernel / 2));
  return path.at();
}

void inception(Graph& graph, Chain& net, const Inception& block) {
  const std::string name = block.name;
  const NodeId from = net.at();
  net.convolution(name + "/1x1", block.channels_1x1, 1, 1, Padding::all(0));
  const NodeId middle = reduced_path(graph, from, name, block.channels_3x3, 3);
  const NodeId large = reduced_path(graph, from, name, block.channels_5x5, 5);
  net = Chain(graph, graph.add(name + "/output", Concat{}, {net.at(), middle, large}));
  if (block.pool_after != nullptr)
    pool(net, block.pool_after);
  else
    batch_norm_relu(net, name, "output");
}

}  // namespace

Graph make_googlenet_variant(Extent image) {
  Graph graph("googlenet_variant");
  Chain net(graph, add_image_input(graph, image));
  net.convolution("conv1/7x7_s2", 64, 7, 2, Padding::all(3));
  pool(net, "pool1");
  net.convolution("conv2/3x3_reduce", 192, 1, 1, Padding::all(0));
  batch_norm_relu(net, "conv2", "3x3_reduce");
  net.convolution("conv2/3x3", 192, 3, 1, Padding::all(1));
  pool(net, "pool2");
  for (const Inception& block : kInceptions) inception(graph, net, block);
  net.classifier("classifier", 1000);
  return graph;
}

}  // namespace bitloom::graph
