#include "pipelines/rtl/real_tensors.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "models/data/loader.h"
#include "models/weights/bias_correction.h"
#include "models/weights/integer_layers.h"

namespace bitloom::pipelines {
namespace {

std::vector<float> load_images(const graph::Graph& graph, const std::string& spec,
                               const std::string& normalization, std::int64_t batch) {
  std::shared_ptr<const data::Dataset> images = data::make_dataset(spec, data::Part::kTest);
  if (images->size() < batch)
    throw UserError(
        fmt::format("--data {}: holds {} images, a batch has {}", spec, images->size(), batch));
  const graph::Shape& shape = graph.nodes().front().shape;
  data::Loader loader(images, {.input = {shape[0], shape[1], shape[2]},
                               .normalization = data::parse_normalization(normalization),
                               .batch_size = batch,
                               .threads = 0});
  return std::move(loader.next()->images);
}

verify::WeightCoding coding_of_type(const integer::CodeType& type) {
  return type.encoding == integer::Encoding::kBipolar ? verify::WeightCoding::kBipolar
                                                      : verify::WeightCoding::kSigned;
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
  network_ = std::make_unique<integer::IntegerNetwork>(
      integer::lower(trained.graph, operands, weights::real_parameters(trained.graph, parameters)));
  layers_.resize(operands.size());
  run(load_images(trained.graph, data, trained.normalization, batch));
}

void RealTensors::run(const std::vector<float>& images) {
  const auto& steps = network_->program().steps;
  integer::Observer observer;
  observer.codes = [&](const integer::LayerStep& step, std::span<const std::int32_t> codes) {
    Layer& layer = layers_[step.layer];
    layer.step = &step;
    layer.codes.insert(layer.codes.end(), codes.begin(), codes.end());
  };
  observer.values = [&](graph::NodeId node, std::span<const std::int32_t> values) {
    const auto* step = std::get_if<integer::LayerStep>(&steps[node].op);
    if (!step) return;
    const std::size_t pixels = values.size() / step->biases.size();
    for (std::size_t i = 0; i < values.size(); ++i)
      layers_[step->layer].sums.push_back(std::int64_t{values[i]} - step->biases[i / pixels]);
  };
  network_->run(images, integer::fastest_kernel(), observer);
}

graph::Precision RealTensors::precision(std::size_t layer) const {
  const integer::LayerStep& step = *layers_.at(layer).step;
  return {step.weight_type.bits, step.activation_type.bits};
}

verify::Workload RealTensors::workload(std::size_t layer) const {
  const Layer& of = layers_.at(layer);
  const integer::LayerStep& step = *of.step;
  return {.layer = step.shape,
          .precision = precision(layer),
          .batch = batch_,
          .signed_activations = step.activation_type.encoding == integer::Encoding::kSigned,
          .weight_coding = coding_of_type(step.weight_type),
          .padding = {step.window.padding.top, step.window.padding.left},
          .activations = of.codes,
          .weights = step.weights};
}

}  // namespace bitloom::pipelines
