#include "pipelines/export.h"

#include "base/error.h"
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

}  // namespace

Exported export_network(const ExportOptions& options, const Host& host) {
  if (onnx::is_model_file(options.network.name))
    throw UserError(options.network.name +
                    ": is a file of ONNX already; a network of bitloom's would be right");
  const bool is_plain = options.format == onnx::Format::kPlain;
  if (!options.weights) {
    if (!is_plain)
      throw UserError(
          "--format: qonnx and qdq need --weights, a file that `bitloom calibrate` wrote");
    return exported(load(options.network, host).graph, options.format, {});
  }
  const weights::TensorFile file = weights::TensorFile::load(*options.weights);
  const Network network = load(with_classes_of(options.network, file), host);
  weights::TrainedNetwork trained = weights::read_trained(network.graph, file);
  if (is_plain)
    return exported(trained.graph, options.format,
                    {.parameters = &trained.parameters, .normalization = trained.normalization});
  if (!weights::has_integer_layers(file))
    throw file.error(
        "holds no integers, which qonnx and qdq need; `bitloom calibrate` writes them");
  const auto layers = weights::read_integer_layers(trained.graph, file);
  const weights::Parameters parameters = weights::corrected(
      trained.graph, std::move(trained.parameters), weights::read_corrections(trained.graph, file));
  return exported(
      trained.graph, options.format,
      {.parameters = &parameters, .layers = &layers, .normalization = trained.normalization});
}

}  // namespace bitloom::pipelines
