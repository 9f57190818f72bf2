#include <memory>

#include <CLI/CLI.hpp>

#include "cli/action.h"
#include "cli/host.h"
#include "cli/learn/learn_commands.h"
#include "cli/learn/learn_options.h"
#include "cli/output.h"
#include "pipelines/learn/calibrate.h"

namespace bitloom::cli {
namespace {

struct CalibrateOptions {
  NetworkOption network;
  WeightsOption weights;
  ImagesOption data;
  RunOptions run;
  QuantizationOptions quantization;
  std::string output;
  bool quiet = false;
};

void run(const CalibrateOptions& options) {
  const std::string weights = options.weights.of(options.network);
  const auto layers = pipelines::calibrate({.network = options.network.choice(),
                                            .weights = weights,
                                            .data = options.data.choice(),
                                            .compute = options.run.choice(),
                                            .quantization = options.quantization.choice(),
                                            .output = options.output},
                                           host());
  if (!options.quiet) print(pipelines::calibration_text(layers, output_width()));
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
  options->weights.add_to(*command, "trained weights: a safetensors file");
  options->data
      .add_to(*command, "",
              "images that set the activations' ranges (256 of them): cifar10:FILE[,FILE..], "
              "images:labels.csv, ...",
              "256")
      ->required();
  options->quantization.add_to(*command);
  options->run.add_to(*command, kAtOnceHelp);
  command
      ->add_option("-o,--output", options->output,
                   "weights with their levels, for evaluate, finetune and verify")
      ->required()
      ->type_name("FILE");
  command->add_flag("--quiet", options->quiet, "print no table");
  set_action(*command, [options] { run(*options); });
}

}  // namespace bitloom::cli
