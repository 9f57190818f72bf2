#include <array>

#include <fmt/format.h>

#include "models/graph/zoo/blocks.h"
#include "models/graph/zoo/networks.h"

namespace bitloom::graph {
namespace {

struct SeparableBlock {
  std::int64_t out_channels;
  std::int64_t stride;
};

// Howard et al. 2017, table 1.
constexpr std::array<SeparableBlock, 13> kSeparableBlocks{{{64, 1},
                                                           {128, 2},
                                                           {128, 1},
                                                           {256, 2},
                                                           {256, 1},
                                                           {512, 2},
                                                           {512, 1},
                                                           {512, 1},
                                                           {512, 1},
                                                           {512, 1},
                                                           {512, 1},
                                                           {1024, 2},
                                                           {1024, 1}}};
constexpr double kKerasEpsilon = 1e-3;

}  // namespace

Graph make_mobilenet_v1(std::string name, double width, Extent image) {
  const auto scaled = [width](std::int64_t channels) {
    return static_cast<std::int64_t>(static_cast<double>(channels) * width);
  };
  Graph graph(std::move(name));
  Chain net(graph, add_image_input(graph, image));
  net.convolution("conv1", scaled(32), 3, 2, Padding::same());
  net.batch_norm("conv1_bn", kKerasEpsilon).relu6("conv1_relu");
  for (std::size_t i = 0; i < kSeparableBlocks.size(); ++i) {
    const std::string depthwise = fmt::format("conv_dw_{}", i + 1);
    const std::string pointwise = fmt::format("conv_pw_{}", i + 1);
    const std::int64_t channels = net.channels();
    net.convolution(depthwise, channels, 3, kSeparableBlocks[i].stride, Padding::same(), channels);
    net.batch_norm(depthwise + "_bn", kKerasEpsilon).relu6(depthwise + "_relu");
    net.convolution(pointwise, scaled(kSeparableBlocks[i].out_channels), 1, 1, Padding::same());
    net.batch_norm(pointwise + "_bn", kKerasEpsilon).relu6(pointwise + "_relu");
  }
  net.classifier("conv_preds", 1000);
  return graph;
}

}  // namespace bitloom::graph
