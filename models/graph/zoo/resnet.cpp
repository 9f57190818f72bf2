#include "models/graph/zoo/resnet.h"

#include <fmt/format.h>

#include "models/graph/zoo/blocks.h"

namespace bitloom::graph {
namespace {

constexpr std::int64_t kBottleneckExpansion = 4;

/// The shortcut: the block's input, or a strided 1x1 projection of it where shapes differ (option
/// B).
NodeId shortcut(Graph& graph, const std::string& name, NodeId from, std::int64_t channels,
                std::int64_t stride) {
  Chain path(graph, from);
  if (stride == 1 && path.channels() == channels) return from;
  path.convolution(name + ".downsample.0", channels, 1, stride, Padding::all(0));
  path.batch_norm(name + ".downsample.1");
  return path.at();
}

void basic_block(Graph& graph, Chain& net, const std::string& name, std::int64_t width,
                 std::int64_t stride) {
  const NodeId from = net.at();
  net.convolution(name + ".conv1", width, 3, stride, Padding::all(1));
  net.batch_norm(name + ".bn1").relu(name + ".relu1");
  net.convolution(name + ".conv2", width, 3, 1, Padding::all(1)).batch_norm(name + ".bn2");
  net.add(name + ".add", shortcut(graph, name, from, width, stride)).relu(name + ".relu2");
}

void bottleneck_block(Graph& graph, Chain& net, const std::string& name, std::int64_t width,
                      std::int64_t stride) {
  const NodeId from = net.at();
  const std::int64_t channels = width * kBottleneckExpansion;
  net.convolution(name + ".conv1", width, 1, 1, Padding::all(0));
  net.batch_norm(name + ".bn1").relu(name + ".relu1");
  net.convolution(name + ".conv2", width, 3, stride, Padding::all(1));
  net.batch_norm(name + ".bn2").relu(name + ".relu2");
  net.convolution(name + ".conv3", channels, 1, 1, Padding::all(0)).batch_norm(name + ".bn3");
  net.add(name + ".add", shortcut(graph, name, from, channels, stride)).relu(name + ".relu3");
}

}  // namespace

std::vector<NodeId> add_resnet_stages(Graph& graph, NodeId image, const std::string& prefix,
                                      ResNetBlock block, const std::vector<int>& blocks) {
  Chain net(graph, image);
  net.convolution(prefix + "conv1", 64, 7, 2, Padding::all(3));
  net.batch_norm(prefix + "bn1").relu(prefix + "relu").max_pool(prefix + "maxpool", 3, 2, 1);
  std::vector<NodeId> stages;
  std::int64_t width = 64;
  for (std::size_t stage = 0; stage < blocks.size(); ++stage, width *= 2) {
    for (int i = 0; i < blocks[stage]; ++i) {
      const std::string block_name = fmt::format("{}layer{}.{}", prefix, stage + 1, i);
      const std::int64_t stride = stage > 0 && i == 0 ? 2 : 1;
      if (block == ResNetBlock::kBasic)
        basic_block(graph, net, block_name, width, stride);
      else
        bottleneck_block(graph, net, block_name, width, stride);
    }
    stages.push_back(net.at());
  }
  return stages;
}

Graph make_resnet(std::string name, ResNetBlock block, const std::vector<int>& blocks,
                  Extent image) {
  Graph graph(std::move(name));
  const NodeId input = add_image_input(graph, image);
  Chain(graph, add_resnet_stages(graph, input, "", block, blocks).back()).classifier("fc", 1000);
  return graph;
}

}  // namespace bitloom::graph
