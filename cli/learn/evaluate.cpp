#include <algorithm>
#include <chrono>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/learn/learn_commands.h"
#include "cli/learn/model_loading.h"
#include "cli/learn/policy_scores.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "models/integer/network.h"
#include "models/torch/codes_network.h"
#include "models/torch/evaluation.h"
#include "models/torch/processors.h"

namespace bitloom::cli {
namespace {

struct EvaluateOptions {
  NetworkOption network;
  std::string weights;
  ImagesOption data;
  RunOptions run;
  QuantizationOptions quantization;
  std::vector<std::string> policies;
  bool is_float = false;
  std::string engine = "fake";
  std::optional<std::string> json;
};

/// What answers, and what the report calls it.
struct Answerer {
  nn::Classifier classify;
  std::string arithmetic;
  std::string calibration;  // images that set ranges
  std::optional<nn::Quantization> quantization;
};

/// Whether the weights' file says how they are quantized, and nothing else is asked for.
bool is_stored(const EvaluateOptions& options, const LoadedWeights& weights) {
  return options.policies.empty() && !options.quantization.is_given() &&
         weights.file.metadata().count(kQuantizationKey);
}

nn::Classifier integer_classifier(const nn::QuantizedNetwork& model) {
  auto network = std::make_shared<integer::IntegerNetwork>(model.program());
  return [network](const torch::Tensor& images) {
    const torch::Tensor whole = images.contiguous();
    const std::vector<double> outputs =
        network->run({whole.data_ptr<float>(), static_cast<std::size_t>(whole.numel())},
                     integer::fastest_kernel());
    return torch::tensor(outputs, torch::kFloat64).reshape({images.size(0), -1});
  };
}

/// Images to calibrate on where the user names none: such as are not scored, where there are any.
struct Calibration {
  std::shared_ptr<const data::Dataset> images;
  std::string text;  // which
};

Calibration default_calibration(const ImagesOption& scored) {
  constexpr std::int64_t kFewest = 32;  // fewer set no ranges
  const auto counted = [](const data::Dataset& images, const std::string& which) {
    return fmt::format("{} {}", std::min(images.size(), kCalibrationImages), which);
  };
  if (data::is_generated(scored.spec)) {
    const auto training = scored.load(data::Part::kTrain);
    return {training, counted(*training, "training images of " + scored.spec)};
  }
  if (const auto others = scored.load_left_out(data::Part::kTest);
      others && others->size() >= kFewest)
    return {others, counted(*others, "images of --data that are not scored")};
  const auto images = scored.load(data::Part::kTest);
  return {images, counted(*images, "of the scored images: --calibration-data names others")};
}

Answerer quantized_answerer(const EvaluateOptions& options, const LoadedWeights& weights,
                            const data::Normalization& normalization) {
  const ImagesOption& given = options.quantization.calibration;
  std::string calibration = given.is_given() ? given.spec : "";
  const auto fallback = [&] {
    Calibration own = default_calibration(options.data);
    calibration = own.text;
    return own.images;
  };
  std::shared_ptr<nn::QuantizedNetwork> model = make_quantized(
      options.quantization, weights, fallback, normalization, options.run.batch_size());
  if (is_stored(options, weights)) calibration.clear();
  const nn::Quantization& quantization = model->quantization();
  const std::optional<std::string> why_not = model->why_no_integers();
  if (options.engine == "integer") {
    if (why_not) throw UserError(fmt::format("--engine integer: {}", *why_not));
    return {integer_classifier(*model), "integers (bit-planes)", calibration, quantization};
  }
  return {nn::classifier_of(model),
          why_not ? "quantized levels in single precision"
                  : "fake quantization (the hardware's integers)",
          calibration, quantization};
}

Answerer answerer(const EvaluateOptions& options, const LoadedWeights& weights,
                  const data::Normalization& normalization) {
  if (!options.is_float) return quantized_answerer(options, weights, normalization);
  auto network = weights.runnable;
  return {[network](const torch::Tensor& images) { return network->forward(images); },
          "single precision", "", std::nullopt};
}

std::string bits_text(const nn::Quantization& quantization) {
  const graph::Policy& policy = quantization.policy;
  const bool uniform = std::all_of(policy.begin(), policy.end(),
                                   [&](const graph::Precision& p) { return p == policy.front(); });
  return uniform ? graph::to_text(policy.front()) : "mixed";
}

std::string report_json(const EvaluateOptions& options, const Answerer& answers,
                        const nn::Accuracy& accuracy, double images_per_second) {
  nlohmann::ordered_json result{{"schema", 1},
                                {"network", options.network.name},
                                {"weights", options.weights},
                                {"data", options.data.spec},
                                {"arithmetic", answers.arithmetic}};
  if (!answers.calibration.empty()) result["calibration"] = answers.calibration;
  if (answers.quantization)
    result["quantization"] =
        nlohmann::ordered_json::parse(quantization_text(*answers.quantization));
  result.update(accuracy_json(accuracy));
  result["images_per_second"] = images_per_second;
  return result.dump() + "\n";
}

/// What to do about answers by chance: of quantizers that must be trained, and were not, and of
/// networks in single precision.
std::string hint(const Answerer& answers, const nn::Accuracy& accuracy, std::int64_t classes) {
  if (!accuracy.is_by_chance(classes)) return "";
  if (!answers.quantization) return std::string(kByChance) + "\n";
  const std::string& scheme = answers.quantization->scheme;
  if (answers.calibration.empty() || !nn::quantizer_scheme(scheme).needs_training()) return "";
  return fmt::format("{} is made to be trained with: `bitloom finetune` first\n", scheme);
}

std::string report_text(const EvaluateOptions& options, const Answerer& answers,
                        const nn::Accuracy& accuracy, double images_per_second) {
  std::string how = answers.arithmetic;
  if (answers.quantization)
    how = fmt::format("{} by {}: {}", bits_text(*answers.quantization),
                      answers.quantization->scheme, answers.arithmetic);
  const auto line = [](const char* what, const nn::Estimate& estimate, int digits,
                       const char* unit) {
    return fmt::format("{:<8}{:>9.{}f} +- {:.{}f}{}\n", what, estimate.value, digits,
                       estimate.standard_error, digits, unit);
  };
  const std::string calibration =
      answers.calibration.empty() ? "" : fmt::format("calibrated on {}\n", answers.calibration);
  return fmt::format("{}, {}\n{}{} images of {}, {:.0f} a second\n", options.network.name, how,
                     calibration, accuracy.images, options.data.spec, images_per_second) +
         line("top-1", accuracy.top1_pct, 2, " %") + line("top-5", accuracy.top5_pct, 2, " %") +
         line("loss", accuracy.loss, 4, "");
}

void require_sense(const EvaluateOptions& options) {
  if (!options.policies.empty() && (options.is_float || options.engine != "fake"))
    throw UserError(
        "--policies: leave out --float and --engine; answers are those of --engine fake");
  if (options.is_float && options.quantization.is_given())
    throw UserError(
        "--float: leave out --bits, --policy, --edge-layers, --quantizer and --granularity");
  if (options.engine != "fake" && options.engine != "integer")
    throw unknown_name("engine", options.engine, {"fake", "integer"});
  if (options.is_float && options.engine == "integer")
    throw UserError("--float and --engine integer: single precision has no integers");
}

using Images = std::shared_ptr<const data::Dataset>;

void score_policies(const EvaluateOptions& options, const LoadedWeights& weights,
                    const Images& images, const data::Normalization& normalization,
                    Destination& json) {
  std::string calibration = options.quantization.calibration.spec;
  const auto fallback = [&] {
    Calibration own = default_calibration(options.data);
    calibration = own.text;
    return own.images;
  };
  const Images calibrating = calibration_images(options.quantization, fallback);
  const PolicyScores scores{
      .network = options.network.name,
      .weights = options.weights,
      .data = options.data.spec,
      .calibration = calibration,
      .quantizer = parse_scheme(options.quantization).scheme,
      .files = options.policies,
      .accuracies = accuracies_of(
          read_policies(options.policies, options.quantization.policy.edge_layers, weights.network),
          weights, parse_scheme(options.quantization), {calibrating, images},
          {.input = input_of(weights.network.graph),
           .normalization = normalization,
           .batch_size = options.run.batch_size()})};
  if (json.wanted()) json.write(policy_scores_json(scores));
  if (!json.is_standard_output()) print(policy_scores_text(scores, output_width()));
}

void score_one(const EvaluateOptions& options, const LoadedWeights& weights, const Images& images,
               const data::Normalization& normalization, Destination& json) {
  const Answerer answers = answerer(options, weights, normalization);

  data::Loader loader(images, {.input = input_of(weights.network.graph),
                               .normalization = normalization,
                               .batch_size = options.run.batch_size()});
  Progress progress("evaluate", "images");
  const auto start = std::chrono::steady_clock::now();
  const nn::Accuracy accuracy =
      nn::evaluate(answers.classify, loader, images->size(),
                   [&](std::int64_t done, std::int64_t of) { progress.update(done, of); });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const double rate = static_cast<double>(accuracy.images) / took.count();
  if (json.wanted()) json.write(report_json(options, answers, accuracy, rate));
  if (!json.is_standard_output())
    print(report_text(options, answers, accuracy, rate) +
          hint(answers, accuracy, weights.network.graph.nodes().back().shape[0]));
}

void run(const EvaluateOptions& options) {
  require_sense(options);
  require_different_files({{"--json", options.json}}, {{"--weights", options.weights}});
  Destination json(options.json);
  nn::use_processors(options.run.processors());
  const Network network = options.network.load();
  const LoadedWeights weights = load_weights(network, options.weights);
  const Images images = options.data.load(data::Part::kTest);
  data::require_labels_below(*images, weights.network.graph.nodes().back().shape[0]);
  const data::Normalization normalization = options.run.normalization_or(weights.normalization);
  const auto score = options.policies.empty() ? score_one : score_policies;
  score(options, weights, images, normalization, json);
  json.finish();
}

}  // namespace

void add_evaluate(CLI::App& program) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command =
      program.add_subcommand("evaluate", "accuracy of a trained network, quantized or not");
  options->network.add_to(*command);
  command->add_option("--weights", options->weights, "its weights: a safetensors file")
      ->required()
      ->type_name("FILE");
  options->data
      .add_to(*command, "",
              "cifar10:FILE[,FILE..], idx:IMAGES,LABELS, images:labels.csv, folder:DIR or "
              "shapes32[:SEED]")
      ->required();
  options->quantization.add_to(*command);
  command
      ->add_option("--policies", options->policies,
                   "policy files, each scored on its own: weights and images are loaded once")
      ->type_name("FILE..")
      ->excludes("--bits", "--policy");
  command->add_flag("--float", options->is_float, "single precision, nothing quantized");
  command
      ->add_option(
          "--engine", options->engine,
          "fake: integers carried by floats; integer: by bit-planes, as the hardware (fake)")
      ->type_name("fake|integer");
  options->run.add_to(*command, "100");
  command->add_option("--json", options->json, "write the result as JSON; - is standard output")
      ->type_name("FILE");
  command->callback([options] { run(*options); });
}

}  // namespace bitloom::cli
