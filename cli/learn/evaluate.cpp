#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/action.h"
#include "cli/host.h"
#include "cli/learn/learn_commands.h"
#include "cli/learn/learn_options.h"
#include "cli/output.h"
#include "pipelines/learn/evaluation_report.h"

namespace bitloom::cli {
namespace {

struct EvaluateOptions {
  NetworkOption network;
  WeightsOption weights;
  ImagesOption data;
  RunOptions run;
  QuantizationOptions quantization;
  std::vector<std::string> policies;
  bool is_float = false;
  std::string engine = "fake";
  std::optional<std::string> outputs;
  std::optional<std::string> statistics;
  std::optional<std::string> json;
};

void run(const EvaluateOptions& options) {
  if (!options.policies.empty() && (options.is_float || options.engine != "fake"))
    throw UserError(
        "--policies: leave out --float and --engine; answers are those of --engine fake");
  if (!options.policies.empty() && options.outputs)
    throw UserError("--policies: leave out --outputs, which keeps the answers of one policy");
  if (!options.policies.empty() && options.statistics)
    throw UserError("--policies: leave out --statistics, which are those of one policy");
  const std::string weights = options.weights.of(options.network);
  if (options.outputs && (options.outputs->empty() || *options.outputs == "-"))
    throw UserError(
        fmt::format("--outputs '{}': must name a file; it is no text", *options.outputs));
  const pipelines::EvaluateOptions asked{.network = options.network.choice(),
                                         .weights = weights,
                                         .data = options.data.choice(),
                                         .compute = options.run.choice(),
                                         .quantization = options.quantization.choice(),
                                         .is_float = options.is_float,
                                         .arithmetic = pipelines::parse_arithmetic(options.engine),
                                         .outputs = options.outputs.value_or(""),
                                         .tells_statistics = options.statistics.has_value()};
  Destination json(options.json), statistics(options.statistics);
  if (options.policies.empty()) {
    const pipelines::Evaluation evaluation = pipelines::evaluate(asked, host());
    if (json.wanted()) json.write(pipelines::evaluation_json(asked, evaluation));
    if (evaluation.statistics) statistics.write(reports::json_text(*evaluation.statistics));
    if (!json.is_standard_output() && !statistics.is_standard_output())
      print(pipelines::evaluation_text(asked, evaluation, output_width()) +
            (evaluation.statistics ? pipelines::statistics_text(*evaluation.statistics,
                                                                *options.statistics, output_width())
                                   : ""));
  } else {
    const pipelines::PolicyScores scores =
        pipelines::score_policies(asked, options.policies, host());
    if (json.wanted()) json.write(pipelines::policy_scores_json(asked, scores));
    if (!json.is_standard_output())
      print(pipelines::policy_scores_text(asked, scores, output_width()));
  }
  json.finish();
  statistics.finish();
}

}  // namespace

void add_evaluate(CLI::App& program) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command =
      program.add_subcommand("evaluate", "accuracy of a trained network, quantized or not");
  options->network.add_to(*command);
  options->weights.add_to(*command, "its weights: a safetensors file");
  options->data
      .add_to(*command, "",
              "cifar10:FILE[,FILE..], cifar100:FILE, idx:IMAGES,LABELS, npy:X.npy,Y.npy, "
              "images:labels.csv, folder:DIR or shapes32[:SEED]")
      ->required();
  options->quantization.add_to(*command);
  command
      ->add_option("--policies", options->policies,
                   "policy files, each scored on its own: weights and images are loaded once")
      ->type_name("FILE..")
      ->excludes("--bits", "--policy");
  command->add_flag("--float", options->is_float, "single precision, nothing quantized");
  look_at(command
              ->add_option("--engine", options->engine,
                           "fake: integers carried by floats; integer: by bit-planes, as the "
                           "hardware (fake)")
              ->type_name("fake|integer"),
          pipelines::parse_arithmetic);
  options->run.add_to(*command, kAtOnceHelp);
  command
      ->add_option("--outputs", options->outputs,
                   "keep what the network reads and answers, for another program: a safetensors "
                   "file of images, labels and outputs")
      ->type_name("FILE");
  command
      ->add_option("--statistics", options->statistics,
                   "write how the levels lie over each layer's weights and activations as JSON, "
                   "for `report`; - is standard output")
      ->type_name("FILE");
  command->add_option("--json", options->json, "write the result as JSON; - is standard output")
      ->type_name("FILE");
  set_action(*command, [options] { run(*options); });
}

}  // namespace bitloom::cli
