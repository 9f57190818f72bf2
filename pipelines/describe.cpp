#include "pipelines/describe.h"

namespace bitloom::pipelines {
namespace {

std::string_view about(const std::string& network) {
  for (const graph::ZooEntry& entry : graph::zoo())
    if (entry.name == network) return entry.doc;
  return "";
}

}  // namespace

reports::NetworkDescription describe(const NetworkChoice& network, const PolicyChoice& policy) {
  const Network asked = load(network);
  const bool is_table = network.table.has_value();
  const graph::Policy bits = load(policy, asked);
  reports::NetworkDescription description{
      .name = asked.graph.name(),
      .about = is_table ? "a table of layers" : std::string(about(asked.graph.name())),
      .input = asked.input(),
      .parameters = graph::parameter_count(asked.graph),
      .layers = {}};
  if (is_table)
    for (const graph::LayerShape& layer : asked.layers)
      description.parameters += layer.stored_weights();
  for (std::size_t i = 0; i < bits.size(); ++i)
    description.layers.push_back({asked.layers[i], bits[i]});
  return description;
}

}  // namespace bitloom::pipelines
