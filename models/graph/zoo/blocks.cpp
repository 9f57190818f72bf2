#include "models/graph/zoo/blocks.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/input.h"

namespace bitloom::graph {

Window square_window(std::int64_t kernel, std::int64_t stride, Padding padding) {
  return {{kernel, kernel}, {stride, stride}, padding, {1, 1}};
}

NodeId add_image_input(Graph& graph, Extent image) {
  return graph.add("input", Input{{3, image.height, image.width}}, {});
}

void require_features(const Graph& graph, NodeId node, const Shape& features) {
  const Shape& found = graph.node(node).shape;
  if (found == features) return;
  const Shape& image = graph.only_input().shape;
  throw UserError(fmt::format("network {}: its classifier takes {}, an image of {}x{} gives {}",
                              graph.name(), to_text(features), image[1], image[2], to_text(found)));
}

Chain& Chain::convolution(std::string name, std::int64_t out_channels, std::int64_t kernel,
                          std::int64_t stride, Padding padding, std::int64_t groups) {
  return then(std::move(name), Convolution{.out_channels = out_channels,
                                           .window = square_window(kernel, stride, padding),
                                           .groups = groups,
                                           .bias = false});
}

Chain& Chain::biased_convolution(std::string name, std::int64_t out_channels, std::int64_t kernel,
                                 std::int64_t stride, Padding padding) {
  return then(std::move(name), Convolution{.out_channels = out_channels,
                                           .window = square_window(kernel, stride, padding),
                                           .bias = true});
}

Chain& Chain::max_pool(std::string name, std::int64_t kernel, std::int64_t stride,
                       std::int64_t padding, bool ceil_mode) {
  return then(std::move(name), Pool{.kind = PoolKind::kMax,
                                    .window = square_window(kernel, stride, Padding::all(padding)),
                                    .ceil_mode = ceil_mode});
}

Chain& Chain::batch_norm(std::string name, double epsilon) {
  return then(std::move(name), BatchNorm{epsilon});
}

Chain& Chain::classifier(std::string name, std::int64_t classes) {
  then("global_average_pool", GlobalAveragePool{}).then("flatten", Flatten{});
  return then(std::move(name), Linear{.out_features = classes, .bias = true});
}

}  // namespace bitloom::graph
