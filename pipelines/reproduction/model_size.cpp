#include "pipelines/reproduction/model_size.h"

#include <numeric>

#include "models/graph/graph.h"
#include "models/graph/zoo/zoo.h"

namespace bitloom::reproduction {

std::int64_t StoredNumbers::all_weights() const {
  return std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
}

StoredNumbers stored_numbers(const std::string& network) {
  const graph::Graph graph = graph::make_network(network);
  StoredNumbers numbers;
  for (const graph::LayerShape& layer : graph::layers_of(graph))
    numbers.weights.push_back(layer.stored_weights());
  for (const graph::Node& node : graph.nodes())
    for (const graph::Parameter& each : node.op.parameters(graph.input_shapes(node))) {
      const std::int64_t count = graph::size_of(each.shape);
      if (each.role == graph::ParameterRole::kBias)
        numbers.biases += count;
      else if (!graph::is_learned(each.role))
        numbers.statistics += count;
      else if (each.role != graph::ParameterRole::kWeight)
        numbers.norms += count;
    }
  return numbers;
}

double size_bytes(const StoredNumbers& numbers, const SizeConvention& convention) {
  const auto first = static_cast<double>(numbers.weights.front());
  const auto last = static_cast<double>(numbers.weights.back());
  const double bits =
      first * convention.first_layer + last * convention.last_layer +
      (static_cast<double>(numbers.all_weights()) - first - last) * convention.other_layers +
      static_cast<double>(numbers.biases) * convention.biases +
      static_cast<double>(numbers.norms) * convention.norms +
      static_cast<double>(numbers.statistics) * convention.statistics;
  return bits / 8;
}

}  // namespace bitloom::reproduction
