#include <memory>

#include <fmt/format.h>

#include "cli/learn/learn_commands.h"
#include "cli/learn/model_loading.h"
#include "cli/output.h"
#include "models/torch/processors.h"
#include "models/weights/integer_layers.h"
#include "reports/text/text_table.h"

namespace bitloom::cli {
namespace {

struct CalibrateOptions {
  NetworkOption network;
  std::string weights;
  ImagesOption data;
  RunOptions run;
  QuantizationOptions quantization;
  std::string output;
  bool quiet = false;
};

/// A row per layer: its bits, the step between its input's levels, and what rounding its weights
/// costs.
std::string levels_text(const nn::QuantizedNetwork& model) {
  reports::TextTable table(
      {{"layer", reports::Align::kLeft}, {"W/A"}, {"input"}, {"input step"}, {"weight error, %"}});
  for (const nn::LayerLevels& layer : model.levels())
    table.add_row({layer.name, graph::to_text(layer.bits),
                   layer.signed_activations ? "signed" : "unsigned",
                   layer.activation_scale ? fmt::format("{:.4g}", *layer.activation_scale) : "-",
                   fmt::format("{:.2f}", 100 * layer.weight_error)});
  return table.text(output_width()) +
         "weight error: |quantized - real| / |real|, Euclidean norms of the layer's weights\n";
}

void run(const CalibrateOptions& options) {
  require_different_files({{"--output", options.output}}, {{"--weights", options.weights}});
  OutputFile output(options.output);
  nn::use_processors(options.run.processors());
  const Network network = options.network.load();
  LoadedWeights loaded = load_weights(network, options.weights);
  const data::Normalization normalization = options.run.normalization_or(loaded.normalization);
  nn::Model model(loaded.runnable, make_quantized(
                                       options.quantization, loaded,
                                       [&] { return options.data.load(data::Part::kTrain); },
                                       normalization, options.run.batch_size()));
  weights::Parameters tensors = model.parameters();
  auto metadata = metadata_of(model, normalization);
  if (!model.quantized()->why_no_integers())
    weights::add_integer_layers(model.quantized()->integer_layers(), tensors, metadata);
  output.write(weights::safetensors(tensors, metadata));
  if (!options.quiet) print(levels_text(*model.quantized()));
  output.commit();
}

}  // namespace

void add_calibrate(CLI::App& program) {
  auto options = std::make_shared<CalibrateOptions>();
  CLI::App* command =
      program.add_subcommand("calibrate",
                             "set a quantized network's levels from its weights and some images, "
                             "and correct its biases by "
                             "the mean error that rounding the weights makes (Nagel 2019)");
  options->network.add_to(*command);
  command->add_option("--weights", options->weights, "trained weights: a safetensors file")
      ->required()
      ->type_name("FILE");
  options->data
      .add_to(*command, "",
              "images that set the activations' ranges (256 of them): cifar10:FILE[,FILE..], "
              "images:labels.csv, ...")
      ->required();
  options->quantization.add_to(*command);
  options->run.add_to(*command, "64");
  command
      ->add_option("-o,--output", options->output,
                   "weights with their levels, for evaluate, finetune and verify")
      ->required()
      ->type_name("FILE");
  command->add_flag("--quiet", options->quiet, "print no table");
  command->callback([options] { run(*options); });
}

}  // namespace bitloom::cli
