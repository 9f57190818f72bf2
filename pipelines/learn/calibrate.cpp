#include "pipelines/learn/calibrate.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/output_file.h"
#include "models/torch/processors.h"
#include "models/weights/integer_layers.h"
#include "pipelines/learn/model_loading.h"
#include "reports/text/text_table.h"

namespace bitloom::pipelines {
namespace {

void warn_of_unused_images(const CalibrateOptions& options, const LoadedWeights& weights,
                           const Host& host) {
  if (!host.warning) return;
  if (!options.quantization.is_given() && weights.file.metadata().count(kQuantizationKey))
    host.warning(
        fmt::format("--data: is not used, as {} holds its levels; --bits chooses them "
                    "anew",
                    weights.file.path()));
  else if (options.quantization.calibration)
    host.warning("--data: is not used, as --calibration-data sets the levels");
}

}  // namespace

std::vector<nn::LayerLevels> calibrate(const CalibrateOptions& options, const Host& host) {
  OutputFile output(options.output);
  nn::use_processors(options.compute.threads);
  const LoadedWeights loaded = load_weights(options.network, options.weights, host);
  const data::LoaderOptions how = loading(loaded, options.compute);
  const QuantizationChoice& quantization = options.quantization;
  warn_of_unused_images(options, loaded, host);
  nn::Model model(loaded.runnable,
                  make_quantized(
                      quantization, loaded,
                      [&] {
                        return calibration_images(
                            quantization, loaded.network.graph,
                            [&] { return load(options.data, data::Part::kTrain, host); }, host);
                      },
                      how, host));
  weights::Parameters tensors = model.parameters();
  auto metadata = metadata_of(model, how.normalization, loaded.origin);
  const nn::QuantizedNetwork& quantized = *model.quantized();
  // A file that could not be computed in integers would be refused by whoever evaluates it.
  if (!quantized.why_no_integers()) quantized.program();
  if (!quantized.why_no_codes())
    weights::add_integer_layers(quantized.integer_layers(), tensors, metadata);
  output.write(weights::safetensors(tensors, metadata));
  output.commit();
  return quantized.levels();
}

std::string calibration_text(const std::vector<nn::LayerLevels>& layers, std::size_t width) {
  reports::TextTable table(
      {{"layer", reports::Align::kLeft}, {"W/A"}, {"input"}, {"input step"}, {"weight error, %"}});
  const auto step = [](const std::optional<double>& scale) {
    return scale ? fmt::format("{:.4g}", *scale) : "-";
  };
  for (const nn::LayerLevels& layer : layers) {
    std::string steps = step(layer.activation_scale);
    if (!layer.weight_error) steps += " x " + step(layer.second_scale);
    table.add_row({layer.name, graph::to_text(layer.bits, layer.filters),
                   layer.signed_activations ? "signed" : "unsigned", steps,
                   layer.weight_error ? fmt::format("{:.2f}", 100 * *layer.weight_error) : "-"});
  }
  const bool has_products =
      std::any_of(layers.begin(), layers.end(),
                  [](const nn::LayerLevels& layer) { return !layer.weight_error; });
  return table.text(width) +
         reports::wrapped(
             fmt::format("weight error: |quantized - real| / |real|, Euclidean norms of the "
                         "layer's weights{}",
                         has_products ? "; a step x a step: of the two inputs that a layer "
                                        "without weights multiplies"
                                      : ""),
             width, "");
}

}  // namespace bitloom::pipelines
