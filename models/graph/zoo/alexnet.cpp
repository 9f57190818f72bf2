#include "models/graph/zoo/blocks.h"
#include "models/graph/zoo/networks.h"
#include "models/operators/flatten.h"

namespace bitloom::graph {

Graph make_alexnet(Extent image) {
  Graph graph("alexnet");
  Chain net(graph, add_image_input(graph, image));
  net.biased_convolution("features.0", 64, 11, 4, Padding::all(2)).relu("features.1");
  net.max_pool("features.2", 3, 2);
  net.biased_convolution("features.3", 192, 5, 1, Padding::all(2)).relu("features.4");
  net.max_pool("features.5", 3, 2);
  net.biased_convolution("features.6", 384, 3, 1, Padding::all(1)).relu("features.7");
  net.biased_convolution("features.8", 256, 3, 1, Padding::all(1)).relu("features.9");
  net.biased_convolution("features.10", 256, 3, 1, Padding::all(1)).relu("features.11");
  net.max_pool("features.12", 3, 2);
  require_features(graph, net.at(), {256, 6, 6});
  net.then("flatten", Flatten{});
  net.then("classifier.1", Linear{.out_features = 4096, .bias = true}).relu("classifier.2");
  net.then("classifier.4", Linear{.out_features = 4096, .bias = true}).relu("classifier.5");
  net.then("classifier.6", Linear{.out_features = 1000, .bias = true});
  return graph;
}

}  // namespace bitloom::graph
