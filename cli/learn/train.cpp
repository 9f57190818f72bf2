#include <limits>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/learn/finetuning.h"
#include "cli/learn/learn_commands.h"
#include "cli/learn/model_loading.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/run_folder.h"
#include "models/data/split.h"
#include "models/torch/processors.h"
#include "models/torch/training.h"

namespace bitloom::cli {
namespace {

data::Augmentation chosen_augmentation(const TrainOptions& options, const data::InputSize& input) {
  if (!options.augmentation) return data::usual_augmentation(input);
  if (*options.augmentation == "none") return data::Augmentation::kNone;
  if (*options.augmentation == "crop") return data::Augmentation::kPadCropFlip;
  if (*options.augmentation == "resized") return data::Augmentation::kRandomResizedCrop;
  throw unknown_name("augmentation", *options.augmentation, {"none", "crop", "resized"});
}

std::uint64_t seed_of(const TrainOptions& options) {
  return static_cast<std::uint64_t>(
      parse_integer("--seed", options.seed, 0, std::numeric_limits<std::int64_t>::max()));
}

/// Training and validation images. Files that come without validation images give every tenth of
/// their own; generated sets have some.
struct Images {
  std::shared_ptr<const data::Dataset> training, validation;
  std::string validation_text;
};

Images split_off_tenth(const std::shared_ptr<const data::Dataset>& all) {
  std::vector<std::int64_t> training, validation;
  for (std::int64_t i = 0; i < all->size(); ++i) (i % 10 == 9 ? validation : training).push_back(i);
  if (validation.empty()) throw UserError("--data: training needs ten images at least");
  return {std::make_shared<data::Subset>(all, training),
          std::make_shared<data::Subset>(all, validation), "every tenth image of --data"};
}

Images load_images(const TrainOptions& options) {
  constexpr std::int64_t kValidationImages = 2000;
  const auto all = options.data.load(data::Part::kTrain);
  options.validation.require_consistent();
  if (options.validation.is_given())
    return {all, options.validation.load(data::Part::kValidation), options.validation.spec};
  if (!data::is_generated(options.data.spec)) return split_off_tenth(all);
  return {all,
          first_images(data::make_dataset(options.data.spec, data::Part::kValidation),
                       kValidationImages),
          fmt::format("{} validation images of {}", kValidationImages, options.data.spec)};
}

nn::TrainingData training_data(const TrainOptions& options, const graph::Graph& graph,
                               const data::Normalization& normalization, const Images& images) {
  const data::InputSize input = input_of(graph);
  const std::int64_t outputs = graph.nodes().back().shape[0];
  data::require_labels_below(*images.training, outputs);
  data::require_labels_below(*images.validation, outputs);
  nn::TrainingData data{
      .training = images.training,
      .training_options = {.input = input,
                           .normalization = normalization,
                           .batch_size = options.run.batch_size(),
                           .shuffle = true,
                           .drop_last = images.training->size() > options.run.batch_size(),
                           .augmentation = chosen_augmentation(options, input),
                           .seed = seed_of(options)},
      .validation = images.validation,
      .validation_options = {.input = input, .normalization = normalization, .batch_size = 100}};
  return data;
}

nn::TrainingOptions hyperparameters(const TrainOptions& options) {
  return {.epochs = parse_integer("--epochs", options.epochs, 1, 100000),
          .learning_rate = parse_real("--learning-rate", options.learning_rate, 0, 1000),
          .momentum = parse_real("--momentum", options.momentum, 0, 1),
          .weight_decay = parse_real("--weight-decay", options.weight_decay, 0, 1)};
}

/// What a training is a function of; a folder goes on only with the same.
nlohmann::ordered_json manifest(const TrainOptions& options, const std::string& command,
                                const data::Normalization& normalization,
                                const nn::Quantization* quantization) {
  const auto or_null = [](const std::optional<std::string>& text) {
    return text ? nlohmann::ordered_json(*text) : nlohmann::ordered_json();
  };
  nlohmann::ordered_json m{{"command", command},
                           {"network", options.network.name},
                           {"weights", or_null(options.weights)},
                           {"data", options.data.spec},
                           {"split", or_null(options.data.split)},
                           {"images", or_null(options.data.count)},
                           {"validation_data", options.validation.spec},
                           {"validation_split", or_null(options.validation.split)},
                           {"validation_images", or_null(options.validation.count)},
                           {"normalization", data::to_text(normalization)},
                           {"augmentation", or_null(options.augmentation)},
                           {"batch", options.run.batch},
                           {"epochs", options.epochs},
                           {"learning_rate", options.learning_rate},
                           {"momentum", options.momentum},
                           {"weight_decay", options.weight_decay},
                           {"seed", options.seed},
                           {"threads", options.run.threads}};
  if (options.weights) m["weights_hash"] = file_hash(*options.weights);
  if (quantization)
    m["quantization"] = nlohmann::ordered_json::parse(quantization_text(*quantization));
  m["version"] = BITLOOM_VERSION;
  return m;
}

void run_training(const TrainOptions& options, const std::string& command, nn::Model& model,
                  const data::Normalization& normalization) {
  const nn::TrainingOptions how = hyperparameters(options);
  const Images images = load_images(options);
  nn::TrainingData data = training_data(options, model.network().graph(), normalization, images);
  RunFolder folder(options.folder,
                   manifest(options, command, normalization,
                            model.quantized() ? &model.quantized()->quantization() : nullptr));
  nn::Trainer trainer(model, std::move(data), how, options.folder,
                      metadata_of(model, normalization));
  const data::Position start = trainer.position();
  if (!options.quiet)
    print(fmt::format(
        "{} {} on {}{}, {} images, validated on {}; in {}\n", command, options.network.name,
        options.data.spec,
        trainer.resumed() ? fmt::format(" (going on at epoch {})", start.epoch + 1) : "",
        images.training->size(), images.validation_text, options.folder));
  Progress progress(command);
  bool is_first = true;
  trainer.run([&](const nn::TrainingProgress& p) {
    const std::int64_t done = p.position.epoch * p.batches_per_epoch + p.position.batch + 1;
    if (is_first) progress.begin_at(done - 1);
    is_first = false;
    progress.update(
        done, p.epochs * p.batches_per_epoch,
        fmt::format(", epoch {} of {}, loss {:.4f}", p.position.epoch + 1, p.epochs, p.loss));
  });
  if (options.quiet) return;
  const nn::EpochRecord& best = trainer.best();
  print(fmt::format(
      "best of {} epochs: {}, validation top-1 {:.2f} +- {:.2f} %, loss {:.4f}\n"
      "weights: {}/best.safetensors\nlog:     {}/log.csv\n",
      trainer.records().size(), best.epoch, best.validation_top1_pct, best.validation_stderr_pct,
      best.validation_loss, options.folder, options.folder));
}

void train(const TrainOptions& options) {
  nn::use_processors(options.run.processors());
  const Network network = options.network.load();
  require_classifier(network.graph);
  std::string normalization = weights::published_normalization(network.graph.name());
  std::shared_ptr<nn::Network> runnable;
  if (options.weights) {
    LoadedWeights loaded = load_weights(network, *options.weights);
    normalization = loaded.normalization;
    runnable = loaded.runnable;
  } else {
    runnable = std::make_shared<nn::Network>(
        network.graph, nn::initial_parameters(network.graph, seed_of(options)));
  }
  nn::Model model(std::move(runnable));
  run_training(options, "train", model, options.run.normalization_or(normalization));
}

void add_training(CLI::App& command, TrainOptions& options, const std::string& epochs,
                  const std::string& rate) {
  options.epochs = epochs;
  options.learning_rate = rate;
  options.network.add_to(command);
  options.data
      .add_to(command, "", "images to train on: cifar10:FILE[,FILE..], images:labels.csv, ...")
      ->required();
  options.validation.add_to(command, "validation-",
                            "images that choose the best epoch (every tenth of --data; "
                            "shapes32: 2,000 of its own)");
  options.run.add_to(command, "128");
  const auto text = [&command](const char* flag, std::string& value, const char* help) {
    command.add_option(flag, value, fmt::format("{} ({})", help, value))->type_name("X");
  };
  text("--epochs", options.epochs, "times through the images");
  text("--learning-rate", options.learning_rate, "at the start; falls to 0 along a cosine");
  text("--momentum", options.momentum, "of the gradient descent");
  text("--weight-decay", options.weight_decay, "on weights");
  text("--seed", options.seed, "of order, augmentation and initial weights");
  command
      .add_option("--augment", options.augmentation,
                  "crop: shifted and mirrored; resized: random parts; none (crop up to 64 pixels, "
                  "else resized)")
      ->type_name("HOW");
  command
      .add_option("-o,--output", options.folder,
                  "the run's folder; a run that was interrupted there goes on")
      ->required()
      ->type_name("DIR");
}

}  // namespace

void finetune(const FinetuneOptions& options) {
  nn::use_processors(options.train.run.processors());
  const Network network = options.train.network.load();
  const LoadedWeights loaded = load_weights(network, *options.train.weights);
  const data::Normalization normalization =
      options.train.run.normalization_or(loaded.normalization);
  nn::Model model(loaded.runnable, make_quantized(
                                       options.quantization, loaded,
                                       [&] { return options.train.data.load(data::Part::kTrain); },
                                       normalization, options.train.run.batch_size()));
  model.quantized()->absorb_corrections();
  // That it can be computed in integers is found before it is trained.
  if (!model.quantized()->why_no_integers()) model.quantized()->program();
  run_training(options.train, "finetune", model, normalization);
}

void add_train(CLI::App& program) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* command = program.add_subcommand("train", "train a network in single precision");
  add_training(*command, *options, "20", "0.1");
  command->add_option("--weights", options->weights, "start from these instead of random ones")
      ->type_name("FILE");
  command->callback([options] { train(*options); });
}

void add_finetune(CLI::App& program) {
  auto options = std::make_shared<FinetuneOptions>();
  CLI::App* command = program.add_subcommand(
      "finetune", "train a quantized network on, so that it gets used to its bits");
  add_training(*command, options->train, "5", "0.01");
  command->add_option("--weights", options->train.weights, "start from these")
      ->required()
      ->type_name("FILE");
  options->quantization.add_to(*command);
  command->callback([options] { finetune(*options); });
}

}  // namespace bitloom::cli
