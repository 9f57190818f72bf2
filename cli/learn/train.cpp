#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/shares.h"
#include "cli/action.h"
#include "cli/host.h"
#include "cli/learn/learn_commands.h"
#include "cli/learn/learn_options.h"
#include "cli/output.h"
#include "pipelines/learn/train.h"
#include "reports/text/text_table.h"

namespace bitloom::cli {
namespace {

struct TrainOptions {
  NetworkOption network;
  std::optional<std::string> weights;  // to start from
  ImagesOption data;
  ImagesOption validation;
  RunOptions run;
  std::optional<std::string> recipe;
  pipelines::TrainingSettings defaults;  // without a recipe
  std::optional<std::string> epochs, learning_rate, momentum, weight_decay;
  std::string seed = "0";
  std::optional<std::string> augmentation;
  std::string folder;
};

/// The recipe's settings, and in their place those that are given.
pipelines::TrainingSettings settings(const TrainOptions& options) {
  pipelines::TrainingSettings settings =
      options.recipe ? pipelines::load_training_recipe(*options.recipe, options.defaults, host())
                     : options.defaults;
  const auto set = [](const char* flag, const std::optional<std::string>& text, double most,
                      double& value) {
    if (text) value = parse_real(flag, *text, 0, most);
  };
  if (options.epochs) settings.epochs = parse_integer("--epochs", *options.epochs, 1, 100000);
  set("--learning-rate", options.learning_rate, 1000, settings.rate.start);
  set("--momentum", options.momentum, nn::OptimizerOptions::kMostMomentum,
      settings.optimizer.momentum);
  set("--weight-decay", options.weight_decay, 1, settings.optimizer.decay.weights);
  return settings;
}

pipelines::TrainOptions choice(const TrainOptions& options, pipelines::TrainingSettings settings) {
  pipelines::TrainOptions choice{.network = options.network.choice(),
                                 .weights = options.weights,
                                 .data = options.data.choice(),
                                 .validation = options.validation.optional_choice(),
                                 .compute = options.run.choice(),
                                 .settings = std::move(settings),
                                 .seed = parse_seed("--seed", options.seed),
                                 .folder = options.folder};
  if (options.augmentation)
    choice.augmentation = pipelines::parse_augmentation(*options.augmentation);
  return choice;
}

/// Where a run goes on: ` (going on at epoch 2 of stage 1 of 4)`; empty where it begins.
std::string place_text(const pipelines::TrainingStart& start) {
  const std::string stage =
      start.stage > 1 ? fmt::format(" of stage {} of {}", start.stage, start.stages) : "";
  if (!start.epoch && stage.empty()) return "";
  if (start.epoch >= start.epochs) return " (all epochs are done)";
  return fmt::format(" (going on at epoch {}{})", start.epoch.value_or(0) + 1, stage);
}

/// Says what begins.
pipelines::OnStart telling_start(const TrainOptions& options, const char* command) {
  return [&options, command](const pipelines::TrainingStart& start) {
    print(reports::wrapped(fmt::format("{} {} on {}{}, {} images, validated on {}; in {}", command,
                                       options.network.name, options.data.spec, place_text(start),
                                       start.images, start.validation, options.folder),
                           output_width(), ""));
  };
}

void print_trained(const pipelines::Trained& trained, const std::string& folder) {
  print(
      fmt::format("best of {} epochs: {}, validation top-1 {} %, loss {:.4f}\n"
                  "weights: {}/best.safetensors\nlog:     {}/log.csv\n",
                  trained.epochs, trained.best_epoch,
                  share_text(trained.validation_top1_pct, trained.validation_stderr_pct,
                             trained.validation_images),
                  trained.validation_loss, folder, folder));
  for (const pipelines::TrainedWidth& width : trained.widths)
    print(fmt::format("at {}: validation top-1 {:.2f} %\n", graph::to_text(width.bits),
                      width.validation_top1_pct));
}

/// `8/8,4/4`: two pairs at least, or none.
std::vector<graph::Precision> parse_widths(const std::vector<std::string>& texts) {
  std::vector<graph::Precision> widths;
  for (const std::string& each : texts) widths.push_back(graph::parse_precision("--widths", each));
  if (widths.size() == 1)
    throw UserError(fmt::format("--widths {}: must be two pairs of bits at least; --bits takes one",
                                texts.front()));
  for (std::size_t i = 0; i < widths.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (widths[i] == widths[k])
        throw UserError(fmt::format("--widths: {} is there twice", graph::to_text(widths[i])));
  return widths;
}

/// `--widths`, or what the recipe trains at once where no other bits are given.
std::vector<graph::Precision> chosen_widths(const std::vector<std::string>& texts,
                                            const pipelines::TrainingSettings& settings,
                                            const pipelines::QuantizationChoice& given) {
  std::vector<graph::Precision> widths = parse_widths(texts);
  const pipelines::PolicyChoice& policy = given.policy;
  if (!widths.empty() || policy.bits || policy.file || policy.of_model) return widths;
  for (const std::int64_t bits : settings.widths)
    widths.push_back({static_cast<int>(bits), static_cast<int>(bits)});
  return widths;
}

void add_training(CLI::App& command, TrainOptions& options, std::int64_t epochs, double rate) {
  options.defaults.epochs = epochs;
  options.defaults.rate.start = rate;
  options.network.add_to(command);
  options.data
      .add_to(command, "", "images to train on: cifar10:FILE[,FILE..], images:labels.csv, ...")
      ->required();
  options.validation.add_to(command, "validation-",
                            "images that choose the best epoch (a tenth of --data; "
                            "shapes32: 2,000 of its own)");
  options.run.add_to(command, "128");
  look_at(command
              .add_option("--recipe", options.recipe,
                          "a paper's settings: a name (see `bitloom list recipes`) or a YAML file; "
                          "what is given beside it wins")
              ->type_name("NAME|FILE"),
          [](const std::string& name) { pipelines::recipe_path(name, host()); });
  const auto text = [&command](const char* flag, auto& value, const std::string& help) {
    command.add_option(flag, value, help)->type_name("X");
  };
  text("--epochs", options.epochs, fmt::format("times through the images ({})", epochs));
  text("--learning-rate", options.learning_rate,
       fmt::format("at the start; falls to 0 along a cosine ({})", rate));
  text("--momentum", options.momentum, "of the gradient descent (0.9)");
  text("--weight-decay", options.weight_decay, "on weights (5e-4)");
  text("--seed", options.seed, "of order, augmentation and initial weights (0)");
  look_at(command
              .add_option("--augment", options.augmentation,
                          "crop: shifted and mirrored; resized: random parts; none (crop up to 64 "
                          "pixels, else resized)")
              ->type_name("HOW"),
          pipelines::parse_augmentation);
  command
      .add_option("-o,--output", options.folder,
                  "the run's folder; a run that was interrupted there goes on")
      ->required()
      ->type_name("DIR");
}

}  // namespace

void add_train(CLI::App& program) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* command = program.add_subcommand("train", "train a network in single precision");
  add_training(*command, *options, 20, 0.1);
  command->add_option("--weights", options->weights, "start from these instead of random ones")
      ->type_name("FILE");
  set_action(*command, [options] {
    const pipelines::TrainingSettings chosen = settings(*options);
    if (options->recipe) pipelines::require_for_single_precision(*options->recipe, chosen);
    print_trained(
        pipelines::train(choice(*options, chosen), host(), telling_start(*options, "train")),
        options->folder);
  });
}

void add_finetune(CLI::App& program) {
  struct FinetuneOptions {
    TrainOptions train;
    WeightsOption weights;
    QuantizationOptions quantization;
    std::vector<std::string> widths;
  };
  auto options = std::make_shared<FinetuneOptions>();
  CLI::App* command = program.add_subcommand(
      "finetune", "train a quantized network on, so that it gets used to its bits");
  add_training(*command, options->train, 5, 0.01);
  options->weights.add_to(*command, "start from these");
  options->quantization.add_to(*command);
  command
      ->add_option("--widths", options->widths,
                   "train at several bits at once, such as 8/8,4/4,2/2, which share their weights; "
                   "--bits or --policy chooses among them later")
      ->delimiter(',')
      ->type_name("W/A,..")
      ->excludes("--bits", "--policy");
  set_action(*command, [options] {
    options->train.weights = options->weights.of(options->train.network);
    pipelines::TrainingSettings chosen = settings(options->train);
    const pipelines::QuantizationChoice given = options->quantization.choice();
    const auto widths = chosen_widths(options->widths, chosen, given);
    if (!widths.empty() && !chosen.progressive.empty())
      throw UserError("--widths: goes without a recipe with progressive bits");
    const pipelines::QuantizationChoice quantization = pipelines::quantization_of(chosen, given);
    print_trained(pipelines::finetune(choice(options->train, std::move(chosen)), quantization,
                                      widths, host(), telling_start(options->train, "finetune")),
                  options->train.folder);
  });
}

}  // namespace bitloom::cli
