// A workload of ZigZag: `read_zigzag()` reads it.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/json.h"
#include "models/graph/workload_formats.h"

#include <nlohmann/json.hpp>

namespace bitloom::graph {
namespace {

constexpr int kAccumulatorBits = 32;  // as the integer contract has them

/// The last layer whose results reach each layer without another between; its own place where
/// there is none, which ZigZag takes for a constant.
std::vector<std::size_t> sources_of(const std::vector<LayerShape>& layers) {
  std::map<std::string_view, std::size_t> places;
  std::vector<std::size_t> sources;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    places[layers[i].name] = i;
    sources.push_back(i);
  }
  for (std::size_t i = 0; i < layers.size(); ++i)
    for (const std::string& reader : layers[i].read_by)
      if (const auto found = places.find(reader); found != places.end() && i < found->second)
        sources[found->second] = i;
  return sources;
}

/// Bits of what the layer hands on: the most that its readers take.
int output_bits(const LayerShape& layer, const std::vector<LayerShape>& layers,
                const Policy& policy) {
  int most = 0;
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (std::find(layer.read_by.begin(), layer.read_by.end(), layers[i].name) !=
        layer.read_by.end())
      most = std::max(most, policy[i].activation_bits);
  return most > 0 ? most : kAccumulatorBits;
}

/// Loops and relations of a layer; of a convolution with its input and the padding around it.
std::string loops_of(const LayerShape& layer) {
  const std::int64_t channels = layer.in_channels / layer.groups,
                     filters = layer.out_channels / layer.groups;
  if (layer.kind == LayerKind::kLinear)
    return fmt::format(
        "  operator_type: Gemm\n"
        "  equation: O[b][g][d][k]+=W[g][k][c]*I[b][g][d][c]\n"
        "  dimension_relations: []\n"
        "  loop_dims: [B, G, D, K, C]\n  loop_sizes: [1, {}, {}, {}, {}]\n",
        layer.groups, layer.output_pixels(), filters, channels);
  const Extent reached = reached_input(layer);
  const std::int64_t rows = std::max<std::int64_t>(reached.height - layer.input.height, 0),
                     columns = std::max<std::int64_t>(reached.width - layer.input.width, 0);
  return fmt::format(
      "  operator_type: Conv\n"
      "  equation: O[b][g][k][oy][ox]+=W[g][k][c][fy][fx]*I[b][g][c][iy][ix]\n"
      "  dimension_relations: [ix={}*ox+1*fx, iy={}*oy+1*fy]\n"
      "  loop_dims: [B, G, K, C, OY, OX, FY, FX]\n"
      "  loop_sizes: [1, {}, {}, {}, {}, {}, {}, {}]\n"
      "  pr_loop_dims: [IY, IX]\n  pr_loop_sizes: [{}, {}]\n  padding: [[{}, {}], [{}, {}]]\n",
      layer.stride.width, layer.stride.height, layer.groups, filters, channels, layer.output.height,
      layer.output.width, layer.kernel.height, layer.kernel.width, layer.input.height,
      layer.input.width, rows / 2, rows - rows / 2, columns / 2, columns - columns / 2);
}

}  // namespace

std::vector<WorkloadText> write_zigzag(const std::vector<LayerShape>& layers,
                                       const Policy& policy) {
  std::vector<std::string> without_weights;
  for (const LayerShape& layer : layers)
    if (!layer.has_weights()) without_weights.push_back(layer.name);
  refuse_layers("zigzag", "a product of two activations has no weights", without_weights);
  const std::vector<std::size_t> sources = sources_of(layers);
  std::string text;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string name = json_text(nlohmann::json(layers[i].name));
    text += fmt::format("- id: {}\n  name: {}\n{}", i, name, loops_of(layers[i]));
    if (!policy.empty())
      text += fmt::format("  operand_precision: {{W: {}, I: {}, O: {}, O_final: {}}}\n",
                          policy[i].weight_bits, policy[i].activation_bits, kAccumulatorBits,
                          output_bits(layers[i], layers, policy));
    text += fmt::format("  operand_source: {{W: {}, I: {}}}\n\n", i, sources[i]);
  }
  return {{"", text}};
}

}  // namespace bitloom::graph
