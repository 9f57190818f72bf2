#include "models/graph/zoo/blocks.h"

namespace bitloom::graph {

Window square_window(std::int64_t kernel, std::int64_t stride, Padding padding) {
  return {{kernel, kernel}, {stride, stride}, padding, {1, 1}};
}

NodeId add_image_input(Graph& graph, std::int64_t size, std::int64_t channels) {
  return graph.add("input", Input{{channels, size, size}}, {});
}

Chain& Chain::convolution(std::string name, std::int64_t out_channels, std::int64_t kernel,
                          std::int64_t stride, Padding padding, std::int64_t groups) {
  return then(std::move(name), Convolution{.out_channels = out_channels,
                                           .window = square_window(kernel, stride, padding),
                                           .groups = groups,
                                           .bias = false});
}

Chain& Chain::batch_norm(std::string name, double epsilon) {
  return then(std::move(name), BatchNorm{epsilon});
}

}  // namespace bitloom::graph
