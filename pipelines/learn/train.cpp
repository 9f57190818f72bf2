#include "pipelines/learn/train.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/torch/processors.h"
#include "models/weights/widths.h"
#include "pipelines/learn/model_loading.h"
#include "pipelines/learn/training_run.h"

namespace bitloom::pipelines {
namespace {

/// Training would normalise what was never meant to be.
void keep_folded_norms(nn::Network& network, const std::string& weights, const Host& host) {
  if (!network.has_folded_norms()) return;
  network.fix_norms();
  if (host.warning)
    host.warning(fmt::format(
        "{}: its batch norms are folded into the convolutions: they are not trained to normalise",
        weights));
}

/// The network quantized as `choice` says, calibrated on training images; `calibrating` are these.
std::shared_ptr<nn::QuantizedNetwork> quantized_for_training(const TrainOptions& options,
                                                             const QuantizationChoice& choice,
                                                             const LoadedWeights& weights,
                                                             Images& calibrating,
                                                             const Host& host) {
  const auto training = [&] { return load(options.data, data::Part::kTrain); };
  return make_quantized(
      choice, weights,
      [&] {
        calibrating = calibration_images(choice, weights.network.graph, training, host);
        return calibrating;
      },
      loading(weights, options.compute), host);
}

/// Networks of the same weights, quantized at each of the widths.
nn::Model model_of_widths(const TrainOptions& options, QuantizationChoice choice,
                          const std::vector<graph::Precision>& widths, const LoadedWeights& weights,
                          Images& calibrating, const Host& host) {
  if (weights.file.metadata().count(kQuantizationKey) || weights::has_widths(weights.file))
    throw UserError(
        fmt::format("{}: was stored quantized; --widths starts from weights in single "
                    "precision",
                    weights.file.path()));
  std::vector<std::shared_ptr<nn::QuantizedNetwork>> quantized;
  for (const graph::Precision& bits : widths) {
    LoadedWeights own = weights;
    if (!quantized.empty()) own.runnable = weights.runnable->with_own_norms();
    choice.policy.bits = bits;
    quantized.push_back(quantized_for_training(options, choice, own, calibrating, host));
    quantized.back()->drop_corrections();
  }
  return nn::Model(std::move(quantized));
}

nn::Model quantized_model(const TrainOptions& options, const QuantizationChoice& choice,
                          const LoadedWeights& weights, Images& calibrating, const Host& host) {
  nn::Model model(weights.runnable,
                  quantized_for_training(options, choice, weights, calibrating, host));
  model.quantized()->absorb_corrections();
  // That it can be computed in integers is found before it is trained.
  if (!model.quantized()->why_no_integers()) model.quantized()->program();
  return model;
}

/// The least bits of each stage: of `progressive` those that a layer ends below, and at last none.
std::vector<int> stages_of(const TrainOptions& options, const QuantizationChoice& choice,
                           const LoadedWeights& weights) {
  const std::vector<std::int64_t>& progressive = options.settings.progressive;
  if (progressive.empty()) return {0};
  if (!choice.is_given() || weights::has_widths(weights.file))
    throw UserError(fmt::format(
        "{}: has bits and levels already, and progressive training begins with other bits; give "
        "weights in single precision, or bits and a quantizer",
        weights.file.path()));
  std::vector<int> stages;
  for (const std::int64_t bits : progressive) {
    QuantizationChoice raised = choice;
    raised.at_least_bits = static_cast<int>(bits);
    if (choose_quantization(raised, weights).quantization.policy !=
        choose_quantization(choice, weights).quantization.policy)
      stages.push_back(raised.at_least_bits);
  }
  stages.push_back(0);
  return stages;
}

/// A copy of the network, as it is.
std::shared_ptr<nn::Network> copy_of(const nn::Network& network) {
  return std::make_shared<nn::Network>(network.graph(), network.parameters(), network.file());
}

/// The model of each stage: the first of the weights that are loaded, each other of the best ones
/// of the stage before.
std::function<nn::Model(std::size_t)> models_of_stages(
    const TrainOptions& options, const QuantizationChoice& choice, const std::vector<int>& stages,
    const LoadedWeights& loaded, const std::shared_ptr<Images>& calibrating, const Host& host) {
  return [=, &options, &host](std::size_t stage) {
    QuantizationChoice at = choice;
    at.at_least_bits = stages[stage];
    if (stage == 0) return quantized_model(options, at, loaded, *calibrating, host);
    const std::string before = stage_folder(options, stage - 1) + "/best.safetensors";
    Host quiet = host;
    quiet.warning = {};  // that it was stored quantized
    const LoadedWeights weights = load_weights(options.network, before, quiet);
    keep_folded_norms(*weights.runnable, before, quiet);
    return quantized_model(options, at, weights, *calibrating, quiet);
  };
}

}  // namespace

Trained train(const TrainOptions& options, const Host& host, const OnStart& on_start) {
  nn::use_processors(options.compute.threads);
  const Network network = load(options.network, host);
  require_classifier(options.network, network.graph);
  Own own{weights::published_normalization(network.graph.name())};
  std::shared_ptr<nn::Network> runnable;
  if (options.weights) {
    LoadedWeights loaded = load_weights(options.network, *options.weights, host);
    require_unquantized(loaded, "training");
    own = {loaded.normalization, loaded.origin};
    runnable = loaded.runnable;
    keep_folded_norms(*runnable, *options.weights, host);
  } else {
    runnable = std::make_shared<nn::Network>(network.graph,
                                             nn::initial_parameters(network.graph, options.seed));
  }
  return run_training(
      options, {.command = "train", .own = std::move(own), .model = nn::Model(std::move(runnable))},
      host, on_start);
}

Trained finetune(const TrainOptions& options, const QuantizationChoice& quantization,
                 const std::vector<graph::Precision>& widths, const Host& host,
                 const OnStart& on_start) {
  if (!options.weights) throw UserError("--weights: fine-tuning starts from trained ones");
  nn::use_processors(options.compute.threads);
  const LoadedWeights loaded = load_weights(options.network, *options.weights, host);
  keep_folded_norms(*loaded.runnable, *options.weights, host);
  std::shared_ptr<nn::Network> teacher;
  if (options.settings.teacher_weight > 0) teacher = copy_of(*loaded.runnable);
  const std::vector<int> stages =
      widths.empty() ? stages_of(options, quantization, loaded) : std::vector<int>{0};
  const auto calibrating = std::make_shared<Images>();
  const auto later = models_of_stages(options, quantization, stages, loaded, calibrating, host);
  TrainingPlan plan{.command = "finetune",
                    .own = {loaded.normalization, loaded.origin},
                    .model = widths.empty() ? later(0)
                                            : model_of_widths(options, quantization, widths, loaded,
                                                              *calibrating, host),
                    .stages = stages.size(),
                    .later = later,
                    .teacher = std::move(teacher),
                    .calibration = calibrating};
  if (stages.size() > 1)
    plan.quantizations = {choose_quantization(quantization, loaded).quantization};
  else
    for (std::size_t width = 0; width < plan.model.widths(); ++width)
      plan.quantizations.push_back(plan.model.quantized(width)->quantization());
  return run_training(options, std::move(plan), host, on_start);
}

}  // namespace bitloom::pipelines
