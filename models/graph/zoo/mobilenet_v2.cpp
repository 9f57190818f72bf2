#include <array>

#include <fmt/format.h>

#include "models/graph/zoo/blocks.h"
#include "models/graph/zoo/networks.h"

namespace bitloom::graph {
namespace {

struct InvertedStage {
  std::int64_t expansion;
  std::int64_t channels;
  int repeats;
  std::int64_t stride;
};

// Sandler et al. 2018 (arXiv:1801.04381), table 2.
constexpr std::array<InvertedStage, 7> kInvertedStages{{{1, 16, 1, 1},
                                                        {6, 24, 2, 2},
                                                        {6, 32, 3, 2},
                                                        {6, 64, 4, 2},
                                                        {6, 96, 3, 1},
                                                        {6, 160, 3, 2},
                                                        {6, 320, 1, 1}}};

/// Convolution, batch norm and ReLU6, numbered as torchvision does.
void convolution_unit(Chain& net, const std::string& name, std::int64_t channels,
                      std::int64_t kernel, std::int64_t stride, std::int64_t groups = 1) {
  net.convolution(name + ".0", channels, kernel, stride, Padding::all(kernel / 2), groups);
  net.batch_norm(name + ".1").relu6(name + ".2");
}

void inverted_residual(Chain& net, const std::string& name, const InvertedStage& stage,
                       std::int64_t stride) {
  const NodeId block_input = net.at();
  const std::int64_t in_channels = net.channels();
  const std::int64_t hidden = in_channels * stage.expansion;
  int index = 0;
  if (stage.expansion != 1)
    convolution_unit(net, fmt::format("{}.conv.{}", name, index++), hidden, 1, 1);
  convolution_unit(net, fmt::format("{}.conv.{}", name, index++), hidden, 3, stride, hidden);
  net.convolution(fmt::format("{}.conv.{}", name, index), stage.channels, 1, 1, Padding::all(0));
  net.batch_norm(fmt::format("{}.conv.{}", name, index + 1));
  if (stride == 1 && in_channels == stage.channels) net.add(name + ".add", block_input);
}

}  // namespace

Graph make_mobilenet_v2(Extent image) {
  Graph graph("mobilenet_v2");
  Chain net(graph, add_image_input(graph, image));
  convolution_unit(net, "features.0", 32, 3, 2);
  int block = 1;
  for (const InvertedStage& stage : kInvertedStages)
    for (int i = 0; i < stage.repeats; ++i)
      inverted_residual(net, fmt::format("features.{}", block++), stage, i == 0 ? stage.stride : 1);
  convolution_unit(net, fmt::format("features.{}", block), 1280, 1, 1);
  net.classifier("classifier.1", 1000);
  return graph;
}

}  // namespace bitloom::graph
