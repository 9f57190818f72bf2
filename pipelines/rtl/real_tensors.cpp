#include "pipelines/rtl/real_tensors.h"

#include <cmath>
#include <span>

#include <fmt/format.h>

#include "base/error.h"
#include "models/data/loader.h"
#include "models/weights/bias_correction.h"
#include "models/weights/integer_layers.h"
#include "pipelines/layer_engine.h"
#include "rtl/verify/learned_levels.h"

namespace bitloom::pipelines {
namespace {

std::vector<float> load_images(const graph::Graph& graph, const std::string& spec,
                               const data::Normalization& normalization, std::int64_t batch) {
  std::shared_ptr<const data::Dataset> images = data::make_dataset(spec, data::Part::kTest);
  if (images->size() < batch)
    throw UserError(
        fmt::format("--data {}: holds {} images, a batch has {}", spec, images->size(), batch));
  data::Loader loader(images, {.input = data::InputSize::of(graph.nodes().front().shape),
                               .normalization = normalization,
                               .batch_size = batch,
                               .threads = 0});
  return std::move(loader.next()->images);
}

verify::WeightCoding coding_of_type(const integer::CodeType& type) {
  return type.encoding == integer::Encoding::kBipolar ? verify::WeightCoding::kBipolar
                                                      : verify::WeightCoding::kSigned;
}

bool is_dilated(const graph::Window& window) { return window.dilation != graph::Extent{}; }

/// The layer as the RTL's reference runs it, which knows no dilation: the windows of a dilated
/// layer lie side by side, apart from each other. The products are the same, one by one.
graph::LayerShape undilated(const integer::LayerSpecification& layer) {
  graph::LayerShape shape = layer.shape;
  if (!is_dilated(layer.window)) return shape;
  shape.input = {shape.output.height * shape.kernel.height,
                 shape.output.width * shape.kernel.width};
  shape.stride = shape.kernel;
  return shape;
}

/// The codes of a layer's images for undilated(): each window's, zeros where it reads padding.
std::vector<std::int32_t> undilated(const integer::LayerSpecification& layer,
                                    std::span<const std::int32_t> codes) {
  if (!is_dilated(layer.window)) return {codes.begin(), codes.end()};
  const graph::Extent in = layer.shape.input, kernel = layer.shape.kernel;
  const graph::Extent stride = layer.shape.stride, step = layer.window.dilation;
  const graph::Extent apart = undilated(layer).input;
  const graph::Padding padding = graph::resolved_padding(layer.window, in);
  const auto planes = static_cast<std::int64_t>(codes.size()) / (in.height * in.width);
  std::vector<std::int32_t> windows(static_cast<std::size_t>(planes * apart.height * apart.width));
  auto to = windows.begin();
  for (std::int64_t plane = 0; plane < planes; ++plane)
    for (std::int64_t row = 0; row < apart.height; ++row) {
      const std::int64_t y =
          row / kernel.height * stride.height + row % kernel.height * step.height - padding.top;
      for (std::int64_t column = 0; column < apart.width; ++column, ++to) {
        const std::int64_t x = column / kernel.width * stride.width +
                               column % kernel.width * step.width - padding.left;
        if (y < 0 || y >= in.height || x < 0 || x >= in.width) continue;
        *to = codes[static_cast<std::size_t>((plane * in.height + y) * in.width + x)];
      }
    }
  return windows;
}

/// The layer without activations yet.
verify::Workload workload_of(const integer::LayerSpecification& layer,
                             const std::vector<std::int32_t>& weights, std::int64_t batch) {
  const graph::Padding padding = is_dilated(layer.window)
                                     ? graph::Padding{}
                                     : graph::resolved_padding(layer.window, layer.shape.input);
  return {.layer = undilated(layer),
          .precision = {layer.weights.bits, layer.activations.bits},
          .batch = batch,
          .signed_activations = layer.activations.encoding == integer::Encoding::kSigned,
          .weight_coding = coding_of_type(layer.weights),
          .padding = {padding.top, padding.left},
          .activations = {},
          .weights = weights};
}

/// Codes of a layer's images, checked.
std::vector<std::int32_t> read_record(const weights::TensorFile& file,
                                      const integer::LayerSpecification& layer,
                                      std::int64_t batch) {
  const std::string name = fmt::format("record.{}.codes", layer.shape.name);
  const weights::Tensor stored = file.tensor(name);
  const graph::LayerShape& shape = layer.shape;
  const auto needed =
      static_cast<std::size_t>(batch * shape.in_channels * shape.input.height * shape.input.width);
  if (stored.values.size() != needed)
    throw file.error(
        fmt::format("tensor '{}' has {} codes, must have {}", name, stored.values.size(), needed));
  for (const float value : stored.values)
    if (value != std::floor(value) || value < static_cast<float>(layer.activations.lowest()) ||
        value > static_cast<float>(layer.activations.highest()))
      throw file.error(fmt::format("tensor '{}': {} is no code of its type", name, value));
  return {stored.values.begin(), stored.values.end()};
}

}  // namespace

RealTensors::RealTensors(const graph::Graph& graph, const std::string& weights,
                         const std::string& data, std::int64_t batch)
    : batch_(batch) {
  const auto file = weights::TensorFile::load(weights);
  const weights::TrainedNetwork trained = weights::read_trained(graph, file);
  const auto operands = weights::read_integer_layers(trained.graph, file);
  const auto parameters = weights::corrected(trained.graph, trained.parameters,
                                             weights::read_corrections(trained.graph, file));
  layers_.resize(operands.size());
  run(integer::IntegerNetwork(integer::lower(trained.graph, operands,
                                             weights::real_parameters(trained.graph, parameters))),
      load_images(trained.graph, data,
                  data::parse_stated_normalization(weights, trained.normalization), batch));
  for (std::size_t i = 0; i < operands.size(); ++i) use_planes(i, operands[i]);
}

/// Where the layer's codes are learned levels, their planes run, of all filters together.
void RealTensors::use_planes(std::size_t layer, const integer::QuantizedLayer& operands) {
  Layer& into = layers_[layer];
  if (!operands.weight_planes && !operands.activation_planes) into.filters = operands.filter_bits;
  into.has_padding_plane = operands.activation_planes && operands.activation_planes->are_signs;
  into.workload = verify::with_planes(std::move(into.workload).value(), operands.weight_planes,
                                      operands.activation_planes);
}

RealTensors::RealTensors(const graph::Graph& graph, const std::string& record, std::int64_t batch)
    : batch_(batch) {
  const auto file = weights::TensorFile::load(record);
  const auto operands = weights::read_some_integer_layers(graph, file);
  for (const graph::Node& node : graph.nodes()) {
    if (!node.op.is_layer()) continue;
    const auto& own = operands[layers_.size()];
    Layer& layer = layers_.emplace_back();
    if (!own) continue;
    const auto engine = layer_engine(graph, node, *own);
    layer.workload = workload_of(engine->specification(), own->weights, batch);
    const std::vector<std::int32_t> codes = read_record(file, engine->specification(), batch);
    layer.workload->activations = undilated(engine->specification(), codes);
    const std::size_t each = codes.size() / static_cast<std::size_t>(batch);
    for (std::size_t at = 0; at < codes.size(); at += each)
      for (const std::int32_t sum :
           engine->accumulate({codes.data() + at, each}, integer::fastest_kernel()))
        layer.sums.push_back(sum);
    use_planes(layers_.size() - 1, *own);
  }
}

void RealTensors::run(const integer::IntegerNetwork& network, const std::vector<float>& images) {
  const auto& steps = network.program().steps;
  integer::Observer observer;
  observer.codes = [&](const integer::LayerStep& step, std::span<const std::int32_t> codes) {
    const integer::LayerSpecification layer{step.shape, step.window, step.weight_type,
                                            step.activation_type};
    auto& workload = layers_[step.layer].workload;
    if (!workload) workload = workload_of(layer, step.weights, batch_);
    const std::vector<std::int32_t> read = undilated(layer, codes);
    workload->activations.insert(workload->activations.end(), read.begin(), read.end());
  };
  observer.values = [&](graph::NodeId node, std::span<const std::int32_t> values) {
    const auto* step = std::get_if<integer::LayerStep>(&steps[node].op);
    if (!step) return;
    const std::size_t pixels = values.size() / step->biases.size();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::int64_t sum = std::int64_t{values[i]} - step->biases[i / pixels];
      layers_[step->layer].sums.push_back(step->negated[i / pixels] ? -sum : sum);
    }
  };
  network.run(images, integer::fastest_kernel(), observer);
}

}  // namespace bitloom::pipelines
