#include <fmt/format.h>

#include "models/graph/zoo/blocks.h"
#include "models/graph/zoo/networks.h"
#include "models/operators/flatten.h"

namespace bitloom::graph {
namespace {

/// `count` 3x3 convolutions named conv<stage>_<i>, then a 2x2 max pool. Batch norm follows every
/// convolution, the last one's behind the pool, and is named after the layer whose input it makes:
/// `next` for the last one.
void stage(Chain& net, int stage, int count, std::int64_t channels, const std::string& next) {
  for (int i = 1; i <= count; ++i) {
    const std::string number = fmt::format("{}_{}", stage, i);
    net.convolution("conv" + number, channels, 3, 1, Padding::all(1));
    if (i == count) net.max_pool(fmt::format("pool{}", stage), 2, 2);
    const std::string follower = i == count ? next : fmt::format("{}_{}", stage, i + 1);
    net.batch_norm("bn" + follower).relu("relu" + follower);
  }
}

void hidden_linear(Chain& net, const std::string& number) {
  net.then("fc" + number, Linear{.out_features = 4096, .bias = false});
  net.batch_norm("bn" + number).relu("relu" + number);
}

}  // namespace

Graph make_vgg_small(Extent image) {
  Graph graph("vgg_small");
  Chain net(graph, add_image_input(graph, image));
  stage(net, 1, 2, 128, "2_1");
  stage(net, 2, 2, 256, "3_1");
  stage(net, 3, 2, 512, "3");
  require_features(graph, net.at(), {512, 4, 4});
  net.then("flatten", Flatten{}).then("fc4", Linear{.out_features = 10, .bias = true});
  return graph;
}

Graph make_vgg_variant(Extent image) {
  Graph graph("vgg_variant");
  Chain net(graph, add_image_input(graph, image));
  net.convolution("conv1", 96, 7, 2, Padding::all(3)).relu("relu1").max_pool("pool1", 2, 2);
  net.batch_norm("bn2_1").relu("relu2_1");
  stage(net, 2, 3, 256, "3_1");
  stage(net, 3, 3, 512, "4_1");
  stage(net, 4, 3, 512, "4");
  require_features(graph, net.at(), {512, 7, 7});
  net.then("flatten", Flatten{});
  hidden_linear(net, "5");
  hidden_linear(net, "6");
  net.then("fc7", Linear{.out_features = 1000, .bias = true});
  return graph;
}

}  // namespace bitloom::graph
