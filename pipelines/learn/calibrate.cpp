#include "pipelines/learn/calibrate.h"

#include <fmt/format.h>

#include "base/output_file.h"
#include "models/torch/processors.h"
#include "models/weights/integer_layers.h"
#include "pipelines/learn/model_loading.h"
#include "reports/text/text_table.h"

namespace bitloom::pipelines {

std::vector<nn::LayerLevels> calibrate(const CalibrateOptions& options, const Host& host) {
  OutputFile output(options.output);
  nn::use_processors(options.compute.threads);
  const LoadedWeights loaded = load_weights(options.network, options.weights, host);
  const data::LoaderOptions how = loading(loaded, options.compute);
  nn::Model model(loaded.runnable,
                  make_quantized(
                      options.quantization, loaded,
                      [&] { return load(options.data, data::Part::kTrain, host); }, how, host));
  weights::Parameters tensors = model.parameters();
  auto metadata = metadata_of(model, how.normalization, loaded.origin);
  const nn::QuantizedNetwork& quantized = *model.quantized();
  if (!quantized.why_no_codes())
    weights::add_integer_layers(quantized.integer_layers(), tensors, metadata);
  output.write(weights::safetensors(tensors, metadata));
  output.commit();
  return quantized.levels();
}

std::string calibration_text(const std::vector<nn::LayerLevels>& layers, std::size_t width) {
  reports::TextTable table(
      {{"layer", reports::Align::kLeft}, {"W/A"}, {"input"}, {"input step"}, {"weight error, %"}});
  for (const nn::LayerLevels& layer : layers)
    table.add_row({layer.name, graph::to_text(layer.bits),
                   layer.signed_activations ? "signed" : "unsigned",
                   layer.activation_scale ? fmt::format("{:.4g}", *layer.activation_scale) : "-",
                   fmt::format("{:.2f}", 100 * layer.weight_error)});
  return table.text(width) +
         "weight error: |quantized - real| / |real|, Euclidean norms of the layer's weights\n";
}

}  // namespace bitloom::pipelines
