#include <array>

#include <fmt/format.h>

#include "models/graph/zoo/blocks.h"
#include "models/graph/zoo/networks.h"

namespace bitloom::graph {
namespace {

struct NextStage {
  std::int64_t channels;
  int units;
};

// Gholami et al. 2018, figure 3: 1.0-SqNxt-23.
constexpr std::array<NextStage, 4> kNextStages{{{32, 6}, {64, 6}, {128, 8}, {256, 1}}};

/// Convolution with bias (as the published weights have it), batch norm and ReLU; stride 1 keeps
/// the size.
void conv_block(Chain& net, const std::string& name, std::int64_t channels, Extent kernel,
                std::int64_t stride = 1) {
  const std::int64_t rows = kernel.height / 2, columns = kernel.width / 2;
  net.then(name + ".conv",
           Convolution{.out_channels = channels,
                       .window = {kernel, {stride, stride}, {rows, columns, rows, columns}, {1, 1}},
                       .bias = true});
  net.batch_norm(name + ".bn").relu(name + ".activ");
}

/// Two 1x1 layers that squeeze, a 1x3 and a 3x1, and a 1x1 that expands, beside the shortcut.
void unit(Chain& net, const std::string& name, std::int64_t channels, std::int64_t stride) {
  const std::int64_t in_channels = net.channels();
  Chain shortcut = net;
  if (stride == 2 || in_channels > channels)
    conv_block(shortcut, name + ".identity_conv", channels, {1, 1}, stride);
  const std::int64_t divisor = stride == 2 ? 1 : in_channels > channels ? 4 : 2;
  const std::int64_t squeezed = in_channels / divisor;
  conv_block(net, name + ".conv1", squeezed, {1, 1}, stride);
  conv_block(net, name + ".conv2", squeezed / 2, {1, 1});
  conv_block(net, name + ".conv3", squeezed, {1, 3});
  conv_block(net, name + ".conv4", squeezed, {3, 1});
  conv_block(net, name + ".conv5", channels, {1, 1});
  net.add(name + ".add", shortcut.at()).relu(name + ".activ");
}

}  // namespace

Graph make_squeezenext(std::string name, std::int64_t width, Extent image) {
  Graph graph(std::move(name));
  Chain net(graph, add_image_input(graph, image));
  const std::string stem = "features.init_block";
  net.biased_convolution(stem + ".conv.conv", 64 * width, 7, 2, Padding::all(1));
  net.batch_norm(stem + ".conv.bn")
      .relu(stem + ".conv.activ")
      .max_pool(stem + ".pool", 3, 2, 0, true);
  for (std::size_t stage = 0; stage < kNextStages.size(); ++stage)
    for (int i = 0; i < kNextStages[stage].units; ++i)
      unit(net, fmt::format("features.stage{}.unit{}", stage + 1, i + 1),
           kNextStages[stage].channels * width, stage > 0 && i == 0 ? 2 : 1);
  conv_block(net, "features.final_block", 128 * width, {1, 1});
  net.classifier("output", 1000);
  return graph;
}

}  // namespace bitloom::graph
