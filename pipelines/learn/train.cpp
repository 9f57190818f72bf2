#include "pipelines/learn/train.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/output_file.h"
#include "models/data/draw.h"
#include "models/torch/processors.h"
#include "models/torch/training.h"
#include "models/weights/widths.h"
#include "pipelines/learn/model_loading.h"
#include "pipelines/learn/used_images.h"
#include "pipelines/run_folder.h"

namespace bitloom::pipelines {
namespace {

/// Training and validation images. Files that come without validation images give a tenth of
/// their own; generated sets have some.
struct TrainingImages {
  Images training, validation;
  std::string validation_text;
};

TrainingImages split_off_tenth(const Images& all) {
  const std::int64_t tenth = all->size() / 10;
  if (tenth == 0) throw UserError("--data: training needs ten images at least");
  data::Drawn drawn = data::draw(all, tenth);
  return {std::move(drawn.left), std::move(drawn.taken), "a tenth of each class of --data"};
}

TrainingImages load_training_images(const TrainOptions& options, const Host& host) {
  constexpr std::int64_t kValidationImages = 2000;
  const Images all = load(options.data, data::Part::kTrain, host);
  if (options.validation)
    return {all, load(*options.validation, data::Part::kValidation), options.validation->spec};
  if (!data::is_generated(options.data.spec)) return split_off_tenth(all);
  return {all,
          drawn_images(data::make_dataset(options.data.spec, data::Part::kValidation),
                       kValidationImages),
          fmt::format("{} validation images of {}", kValidationImages, options.data.spec)};
}

nn::TrainingData training_data(const TrainOptions& options, const graph::Graph& graph,
                               const data::Normalization& normalization,
                               const TrainingImages& images) {
  const data::InputSize input = input_of(graph);
  const std::int64_t outputs = graph.nodes().back().shape[0];
  const std::int64_t batch = options.compute.batch_size.value_or(kGradientBatch);
  data::require_labels_below(*images.training, outputs);
  data::require_labels_below(*images.validation, outputs);
  return {.training = images.training,
          .training_options = {.input = input,
                               .normalization = normalization,
                               .batch_size = batch,
                               .shuffle = true,
                               .drop_last = images.training->size() > batch,
                               .augmentation =
                                   options.augmentation.value_or(data::usual_augmentation(input)),
                               .seed = options.seed},
          .validation = images.validation,
          .validation_options = {
              .input = input, .normalization = normalization, .batch_size = images_at_once(input)}};
}

/// What a training is a function of; a folder goes on only with the same.
Manifest training_manifest(const TrainOptions& options, const std::string& command,
                           const data::Normalization& own_normalization,
                           const TrainingImages& images, nn::Model& model) {
  const auto& [network, weights, data, validation, compute, epochs, learning_rate, momentum,
               weight_decay, seed, augmentation, folder] = options;
  const auto& [batch_size, threads, normalization] = compute;
  Manifest manifest(command);
  declare(network, manifest);
  manifest.option("weights", weights);
  manifest.file("weights", weights);
  declare("", data, manifest);
  declare("validation_", validation, manifest);
  if (!data::is_generated(data.spec)) declare({"training", *images.training}, manifest);
  declare({"validated", *images.validation}, manifest);
  manifest.option("normalization", data::to_text(normalization.value_or(own_normalization)));
  manifest.option("augmentation",
                  augmentation ? std::optional(to_text(*augmentation)) : std::nullopt);
  manifest.option("batch", batch_size.value_or(kGradientBatch));
  manifest.option("epochs", epochs);
  manifest.option("learning_rate", learning_rate);
  manifest.option("momentum", momentum);
  manifest.option("weight_decay", weight_decay);
  manifest.option("seed", seed);
  manifest.option("threads", threads);
  const auto quantization = [&](std::size_t width) {
    return quantization_json(quantized_as(model.quantized(width)->quantization()));
  };
  if (model.quantized()) manifest.fact("quantization", quantization(0));
  manifest.fact("widths", model.widths());
  for (std::size_t width = 1; width < model.widths(); ++width)
    manifest.fact(fmt::format("width_{}", width + 1), quantization(width));
  manifest.leave_out(folder);
  return manifest;
}

/// Tells of each step taken.
std::function<void(const nn::TrainingProgress&)> telling_steps(Step& step) {
  return [&step, is_first = true](const nn::TrainingProgress& p) mutable {
    const std::int64_t done = p.position.epoch * p.batches_per_epoch + p.position.batch + 1;
    if (is_first) step.begin_at(static_cast<double>(done - 1));
    is_first = false;
    step.update(
        static_cast<double>(done), p.epochs * p.batches_per_epoch,
        fmt::format(", epoch {} of {}, loss {:.4f}", p.position.epoch + 1, p.epochs, p.loss));
  };
}

/// What the weights that training starts from say of their network.
struct Own {
  std::string normalization;
  std::string origin = {};  // whose padding it has
};

/// Training would normalise what was never meant to be.
void keep_folded_norms(nn::Network& network, const std::string& weights, const Host& host) {
  if (!network.has_folded_norms()) return;
  network.fix_norms();
  if (host.warning)
    host.warning(fmt::format(
        "{}: its batch norms are folded into the convolutions: they are not trained to normalise",
        weights));
}

std::vector<TrainedWidth> trained_widths(nn::Model& model, const nn::EpochRecord& best) {
  std::vector<TrainedWidth> widths;
  for (std::size_t width = 0; width < best.widths_top1_pct.size(); ++width) {
    const graph::Policy& policy = model.quantized(width)->quantization().policy;
    // The edge layers may have other bits.
    widths.push_back({policy[policy.size() / 2], best.widths_top1_pct[width]});
  }
  return widths;
}

Trained run_training(const TrainOptions& options, const std::string& command, nn::Model& model,
                     const Own& own, const Host& host, const OnStart& on_start) {
  const data::Normalization own_normalization = data::parse_stated_normalization(
      options.weights.value_or(options.network.name), own.normalization);
  const data::Normalization normalization =
      options.compute.normalization.value_or(own_normalization);
  const TrainingImages images = load_training_images(options, host);
  nn::TrainingData data = training_data(options, model.network().graph(), normalization, images);
  const RunFolder folder(
      options.folder, training_manifest(options, command, own_normalization, images, model), host);
  write_file(options.folder + "/images.csv", images_csv({{"validation", *images.validation}}));
  nn::Trainer trainer(model, std::move(data),
                      {.epochs = options.epochs,
                       .learning_rate = options.learning_rate,
                       .momentum = options.momentum,
                       .weight_decay = options.weight_decay},
                      options.folder, metadata_of(model, normalization, own.origin));
  if (on_start)
    on_start({.images = images.training->size(),
              .validation = images.validation_text,
              .epoch = trainer.resumed() ? std::optional(trainer.position().epoch) : std::nullopt});
  Step step(host, command);
  trainer.run(telling_steps(step));
  const nn::EpochRecord& best = trainer.best();
  return {.epochs = std::ssize(trainer.records()),
          .best_epoch = best.epoch,
          .validation_top1_pct = best.validation_top1_pct,
          .validation_stderr_pct = best.validation_stderr_pct,
          .validation_loss = best.validation_loss,
          .widths = trained_widths(model, best)};
}

/// The network quantized as `choice` says, calibrated on training images.
std::shared_ptr<nn::QuantizedNetwork> quantized_for_training(const TrainOptions& options,
                                                             const QuantizationChoice& choice,
                                                             const LoadedWeights& weights,
                                                             const Host& host) {
  const auto training = [&] { return load(options.data, data::Part::kTrain); };
  return make_quantized(
      choice, weights,
      [&] { return calibration_images(choice, weights.network.graph, training, host); },
      loading(weights, options.compute), host);
}

/// Networks of the same weights, quantized at each of the widths.
nn::Model model_of_widths(const TrainOptions& options, QuantizationChoice choice,
                          const std::vector<graph::Precision>& widths, const LoadedWeights& weights,
                          const Host& host) {
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
    quantized.push_back(quantized_for_training(options, choice, own, host));
    quantized.back()->drop_corrections();
  }
  return nn::Model(std::move(quantized));
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
  nn::Model model(std::move(runnable));
  return run_training(options, "train", model, own, host, on_start);
}

Trained finetune(const TrainOptions& options, const QuantizationChoice& quantization,
                 const std::vector<graph::Precision>& widths, const Host& host,
                 const OnStart& on_start) {
  if (!options.weights) throw UserError("--weights: fine-tuning starts from trained ones");
  nn::use_processors(options.compute.threads);
  const LoadedWeights loaded = load_weights(options.network, *options.weights, host);
  keep_folded_norms(*loaded.runnable, *options.weights, host);
  const Own own{loaded.normalization, loaded.origin};
  if (!widths.empty()) {
    nn::Model model = model_of_widths(options, quantization, widths, loaded, host);
    return run_training(options, "finetune", model, own, host, on_start);
  }
  nn::Model model(loaded.runnable, quantized_for_training(options, quantization, loaded, host));
  model.quantized()->absorb_corrections();
  // That it can be computed in integers is found before it is trained.
  if (!model.quantized()->why_no_integers()) model.quantized()->program();
  return run_training(options, "finetune", model, own, host, on_start);
}

}  // namespace bitloom::pipelines
