#include "pipelines/describe.h"

#include "models/onnx/call.h"
#include "models/onnx/import.h"
#include "pipelines/countable.h"
#include "pipelines/network_table.h"

namespace bitloom::pipelines {
namespace {

std::string_view about(const std::string& network) {
  if (onnx::is_model_file(network)) return "a file of ONNX";
  for (const graph::ZooEntry& entry : graph::zoo())
    if (entry.name == network) return entry.doc;
  return "";
}

}  // namespace

reports::NetworkDescription describe(const NetworkChoice& network, const PolicyChoice& policy,
                                     const Host& host) {
  const bool is_table = network.table.has_value();
  const Network asked =
      is_table ? network_of(*network.table, of_any_batch(rows_of(network))) : load(network, host);
  const graph::Policy bits = load(policy, asked);
  require_countable_work(asked, bits);
  reports::NetworkDescription description{
      .name = asked.graph.name(),
      .about = is_table ? "a table of layers" : std::string(about(asked.graph.name())),
      .input = asked.input(),
      .parameters = graph::parameter_count(asked.graph),
      .beside = asked.beside,
      .unknown = asked.unknown,
      .layers = {}};
  for (const graph::Node& node : asked.graph.nodes())
    if (const auto* call = node.op.get_if<onnx::ProductCall>())
      description.parameters += call->product.stored_weights() + call->product.biases;
  if (is_table)
    for (const graph::LayerShape& layer : asked.layers)
      description.parameters += layer.stored_weights();
  for (std::size_t i = 0; i < bits.size(); ++i)
    description.layers.push_back({asked.layers[i], bits[i]});
  return description;
}

}  // namespace bitloom::pipelines
