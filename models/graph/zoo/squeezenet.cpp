#include <fmt/format.h>

#include "models/graph/zoo/blocks.h"
#include "models/graph/zoo/networks.h"
#include "models/operators/concat.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"

namespace bitloom::graph {
namespace {

/// Squeezes to `channels`, expands to four times as many by 1x1 and as many again by 3x3.
void fire(Graph& graph, Chain& net, int index, std::int64_t channels) {
  const std::string name = fmt::format("features.{}", index);
  const auto unit = [&name](Chain& path, const char* part, std::int64_t out, std::int64_t kernel) {
    const std::string layer = fmt::format("{}.{}", name, part);
    path.biased_convolution(layer, out, kernel, 1, Padding::all(kernel / 2));
    path.relu(layer + "_activation");
  };
  unit(net, "squeeze", channels, 1);
  Chain small(graph, net.at());
  unit(small, "expand1x1", 4 * channels, 1);
  Chain large(graph, net.at());
  unit(large, "expand3x3", 4 * channels, 3);
  net = Chain(graph, graph.add(name + ".concat", Concat{}, {small.at(), large.at()}));
}

}  // namespace

Graph make_squeezenet_v1_1(Extent image) {
  Graph graph("squeezenet_v1.1");
  Chain net(graph, add_image_input(graph, image));
  net.biased_convolution("features.0", 64, 3, 2, Padding::all(0)).relu("features.1");
  net.max_pool("features.2", 3, 2, 0, true);
  fire(graph, net, 3, 16);
  fire(graph, net, 4, 16);
  net.max_pool("features.5", 3, 2, 0, true);
  fire(graph, net, 6, 32);
  fire(graph, net, 7, 32);
  net.max_pool("features.8", 3, 2, 0, true);
  fire(graph, net, 9, 48);
  fire(graph, net, 10, 48);
  fire(graph, net, 11, 64);
  fire(graph, net, 12, 64);
  net.biased_convolution("classifier.1", 1000, 1, 1, Padding::all(0)).relu("classifier.2");
  net.then("classifier.3", GlobalAveragePool{}).then("flatten", Flatten{});
  return graph;
}

}  // namespace bitloom::graph
