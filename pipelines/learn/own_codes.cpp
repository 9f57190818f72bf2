#include "pipelines/learn/own_codes.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/shown_name.h"
#include "models/graph/layer_shape.h"
#include "pipelines/layer_engine.h"

namespace bitloom::pipelines {
namespace {

/// The layer's sums, of codes as its hooks see them.
torch::Tensor sums_of(const integer::IntegerLayer& engine, const torch::Tensor& codes) {
  const graph::LayerShape& shape = engine.specification().shape;
  const torch::Tensor whole = layer_images(shape, codes).to(torch::kInt32).contiguous();
  const auto images = static_cast<std::size_t>(whole.size(0));
  const std::size_t each = static_cast<std::size_t>(whole.numel()) / images;
  std::vector<std::int32_t> sums;
  for (std::size_t i = 0; i < images; ++i) {
    const std::vector<std::int32_t> one = engine.accumulate(
        {whole.data_ptr<std::int32_t>() + i * each, each}, integer::fastest_kernel());
    sums.insert(sums.end(), one.begin(), one.end());
  }
  const torch::Tensor result = torch::tensor(sums, torch::kInt32).to(torch::kFloat64);
  if (codes.dim() == 4)
    return result.reshape(
        {whole.size(0), shape.out_channels, shape.output.height, shape.output.width});
  return result.reshape({whole.size(0), shape.out_channels, -1}).transpose(1, 2).flatten(0, 1);
}

void warn_of_others(const OwnCodes& codes, const LoadedWeights& weights, const Host& host) {
  constexpr std::size_t kMostNamed = 5;
  std::size_t others = 0;
  for (std::size_t i = 0; i < codes.layers.size(); ++i) {
    const std::string& why = codes.layers[i].why_not;
    if (why.empty() || ++others > kMostNamed || !host.warning) continue;
    host.warning(fmt::format("{}: layer '{}' is computed in real numbers: {}",
                             weights.network.graph.name(),
                             shown_name(weights.network.layers[i].name), why));
  }
  if (others > kMostNamed && host.warning)
    host.warning(fmt::format("{}: so are {} more of its {} layers", weights.network.graph.name(),
                             others - kMostNamed, codes.layers.size()));
}

}  // namespace

torch::Tensor layer_images(const graph::LayerShape& shape, const torch::Tensor& codes) {
  if (codes.dim() == 4) return codes;
  const torch::Tensor rows = codes.reshape({-1, shape.input.height, shape.in_channels});
  return rows.transpose(1, 2).unsqueeze(3);
}

graph::Policy OwnCodes::policy() const {
  graph::Policy policy;
  for (const nn::OwnLayer& layer : layers)
    policy.push_back(
        layer.why_not.empty()
            ? graph::Precision{layer.operands.weight_type.bits, layer.operands.activation_type.bits}
            : graph::Precision{graph::kFloatBits, graph::kFloatBits});
  return policy;
}

std::optional<OwnCodes> own_codes(const QuantizationChoice& choice, const LoadedWeights& weights,
                                  const Host& host) {
  const bool is_asked_for = choice.policy.of_model;
  if (choice.is_given() && !is_asked_for) return std::nullopt;
  if (choice.scheme || choice.granularity || choice.post_training || choice.policy.edge_layers)
    throw UserError(
        "--bits model: are those of the file's own quantizers: leave out --quantizer, "
        "--granularity and --edge-layers");
  const graph::Graph& graph = weights.network.graph;
  OwnCodes codes{weights.own_layers, {}};
  for (const graph::Node& node : graph.nodes()) {
    if (codes.layers.empty() || !node.op.is_layer()) continue;
    nn::OwnLayer& own = codes.layers[codes.engines.size()];
    codes.engines.emplace_back();
    if (!own.why_not.empty()) continue;
    try {
      codes.engines.back() = layer_engine(graph, node, own.operands);
    } catch (const UserError& error) {
      if (!error.is_unsupported()) throw;
      own.why_not = error.what();
    }
  }
  const bool has_codes =
      std::any_of(codes.engines.begin(), codes.engines.end(), [](const auto& e) { return e; });
  if (!weights.quantizes_itself() && !is_asked_for) return std::nullopt;
  if (!has_codes && !weights.quantizes_itself())
    throw UserError(
        codes.layers.empty()
            ? fmt::format("--bits model: goes with a file of ONNX as --weights, not with {}",
                          weights.file.path())
            : fmt::format("{}: no layer has codes of its own: '{}': {}", graph.name(),
                          shown_name(weights.network.layers[0].name), codes.layers[0].why_not));
  if (choice.calibration && host.warning)
    host.warning(fmt::format("--calibration-data: is not used, as {} has codes of its own",
                             weights.file.path()));
  warn_of_others(codes, weights, host);
  return codes;
}

std::shared_ptr<const nn::OwnCodesNetwork> own_codes_network(const OwnCodes& codes,
                                                             const LoadedWeights& weights,
                                                             Arithmetic arithmetic) {
  nn::OwnCodesNetwork::Product by_planes;
  if (arithmetic == Arithmetic::kInteger)
    by_planes = [engines = codes.engines](std::size_t layer, const torch::Tensor& x) {
      return sums_of(*engines[layer], x);
    };
  return std::make_shared<const nn::OwnCodesNetwork>(weights.runnable, codes.layers, by_planes);
}

}  // namespace bitloom::pipelines
