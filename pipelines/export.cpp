#include "pipelines/export.h"

#include <algorithm>

#include "base/error.h"
#include "base/shown_name.h"
#include "models/onnx/import.h"
#include "models/onnx/write_model.h"
#include "models/weights/bias_correction.h"
#include "models/weights/integer_layers.h"
#include "models/weights/trained_network.h"
#include "pipelines/weights_choice.h"

namespace bitloom::pipelines {
namespace {

Exported exported(const graph::Graph& graph, onnx::Format format,
                  const onnx::ExportedValues& values) {
  return {.bytes = onnx::model_bytes(onnx::export_model(graph, format, values)),
          .layers = graph::layers_of(graph).size(),
          .parameters = graph::parameter_count(graph)};
}

/// A network to export, of the zoo or of a file.
struct Source {
  graph::Graph graph;
  std::vector<onnx::ValueInfo> inputs = {};  // of a file's
};

Source source_of(const NetworkChoice& choice, const Host& host) {
  if (!onnx::is_model_file(choice.name)) return {load(choice, host).graph};
  onnx::Imported imported = onnx::import_model(choice.name, choice.inputs);
  return {std::move(imported.graph), std::move(imported.inputs)};
}

}  // namespace

Exported export_network(const ExportOptions& options, const Host& host) {
  const bool is_plain = options.format == onnx::Format::kPlain;
  const bool is_model = onnx::is_model_file(options.network.name);
  if (!options.weights) {
    if (!is_plain)
      throw UserError(
          "--format: qonnx and qdq need --weights, a file that `bitloom calibrate` wrote");
    if (is_model)
      throw UserError(options.network.name +
                      ": is a file of ONNX already; --format qonnx or qdq quantizes it, with "
                      "--weights that `bitloom calibrate` wrote of it");
    return exported(load(options.network, host).graph, options.format, {});
  }
  const weights::TensorFile file = weights::TensorFile::load(*options.weights);
  Source source = source_of(with_classes_of(options.network, file), host);
  weights::TrainedNetwork trained = weights::read_trained(source.graph, file);
  onnx::ExportedValues values{.parameters = &trained.parameters,
                              .inputs = std::move(source.inputs),
                              .normalization = trained.normalization};
  if (is_plain) return exported(trained.graph, options.format, values);
  const auto shapes = graph::layers_of(trained.graph);
  const auto product = std::find_if(shapes.begin(), shapes.end(),
                                    [](const auto& layer) { return !layer.has_weights(); });
  if (product != shapes.end())
    throw file.error(
        fmt::format("layer '{}' multiplies two activations, which qonnx and qdq do "
                    "not write; --format onnx writes it in single precision",
                    shown_name(product->name)));
  if (!weights::has_integer_layers(file))
    throw file.error(
        "holds no integers, which qonnx and qdq need; `bitloom calibrate` writes them, of "
        "quantizers whose levels are multiples of a step");
  const auto layers = weights::read_integer_layers(trained.graph, file);
  for (const integer::QuantizedLayer& layer : layers)
    if (layer.weight_planes || layer.activation_planes)
      throw file.error(
          fmt::format("layer '{}' has learned levels, which are no multiples of a step as qonnx "
                      "and qdq need; --format onnx writes it in single precision",
                      layer.name));
  trained.parameters = weights::corrected(trained.graph, std::move(trained.parameters),
                                          weights::read_corrections(trained.graph, file));
  values.layers = &layers;
  const auto by_filter = std::find_if(layers.begin(), layers.end(),
                                      [](const auto& layer) { return !layer.filter_bits.empty(); });
  if (by_filter != layers.end() && host.warning)
    host.warning(fmt::format(
        "export: {}: bits of each filter are stored as the layer's most, such as {} of layer '{}': "
        "the file computes the same, and tells one width",
        *options.weights, by_filter->weight_type.bits, by_filter->name));
  return exported(trained.graph, options.format, values);
}

}  // namespace bitloom::pipelines
