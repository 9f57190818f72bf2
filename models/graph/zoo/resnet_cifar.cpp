#include <fmt/format.h>

#include "base/error.h"
#include "models/graph/zoo/blocks.h"
#include "models/graph/zoo/networks.h"
#include "models/operators/padded_subsample.h"

namespace bitloom::graph {
namespace {

NodeId option_a_shortcut(Graph& graph, const std::string& name, NodeId from, std::int64_t channels,
                         std::int64_t stride) {
  const std::int64_t in_channels = graph.node(from).shape[0];
  if (stride == 1 && in_channels == channels) return from;
  const std::int64_t added = channels - in_channels;
  return graph.add(name + ".shortcut", PaddedSubsample{stride, added / 2, added - added / 2},
                   {from});
}

void block(Graph& graph, Chain& net, const std::string& name, std::int64_t channels,
           std::int64_t stride) {
  const NodeId from = net.at();
  net.convolution(name + ".conv1", channels, 3, stride, Padding::all(1));
  net.batch_norm(name + ".bn1").relu(name + ".relu1");
  net.convolution(name + ".conv2", channels, 3, 1, Padding::all(1)).batch_norm(name + ".bn2");
  net.add(name + ".add", option_a_shortcut(graph, name, from, channels, stride));
  net.relu(name + ".relu2");
}

}  // namespace

Graph make_cifar_resnet(std::string name, int depth, Extent image) {
  ensure((depth - 2) % 6 == 0, "a CIFAR ResNet has 6n + 2 layers");
  Graph graph(std::move(name));
  Chain net(graph, add_image_input(graph, image));
  net.convolution("conv1", 16, 3, 1, Padding::all(1)).batch_norm("bn1").relu("relu");
  std::int64_t channels = 16;
  for (int stage = 1; stage <= 3; ++stage, channels *= 2)
    for (int i = 0; i < (depth - 2) / 6; ++i)
      block(graph, net, fmt::format("layer{}.{}", stage, i), channels, stage > 1 && i == 0 ? 2 : 1);
  net.classifier("linear", 10);
  return graph;
}

}  // namespace bitloom::graph
