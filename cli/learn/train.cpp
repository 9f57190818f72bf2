#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/action.h"
#include "cli/host.h"
#include "cli/learn/learn_commands.h"
#include "cli/learn/learn_options.h"
#include "cli/output.h"
#include "pipelines/learn/train.h"

namespace bitloom::cli {
namespace {

struct TrainOptions {
  NetworkOption network;
  std::optional<std::string> weights;  // to start from
  ImagesOption data;
  ImagesOption validation;
  RunOptions run;
  std::string epochs, learning_rate;
  std::string momentum = "0.9", weight_decay = "5e-4", seed = "0";
  std::optional<std::string> augmentation;
  std::string folder;
};

pipelines::TrainOptions choice(const TrainOptions& options) {
  pipelines::TrainOptions choice{
      .network = options.network.choice(),
      .weights = options.weights,
      .data = options.data.choice(),
      .validation = options.validation.optional_choice(),
      .compute = options.run.choice(),
      .epochs = parse_integer("--epochs", options.epochs, 1, 100000),
      .learning_rate = parse_real("--learning-rate", options.learning_rate, 0, 1000),
      .momentum = parse_real("--momentum", options.momentum, 0, 1),
      .weight_decay = parse_real("--weight-decay", options.weight_decay, 0, 1),
      .seed = parse_seed("--seed", options.seed),
      .folder = options.folder};
  if (options.augmentation)
    choice.augmentation = pipelines::parse_augmentation(*options.augmentation);
  return choice;
}

/// Says what begins.
pipelines::OnStart telling_start(const TrainOptions& options, const char* command) {
  return [&options, command](const pipelines::TrainingStart& start) {
    print(fmt::format("{} {} on {}{}, {} images, validated on {}; in {}\n", command,
                      options.network.name, options.data.spec,
                      start.epoch ? fmt::format(" (going on at epoch {})", *start.epoch + 1) : "",
                      start.images, start.validation, options.folder));
  };
}

void print_trained(const pipelines::Trained& trained, const std::string& folder) {
  print(
      fmt::format("best of {} epochs: {}, validation top-1 {:.2f} +- {:.2f} %, loss {:.4f}\n"
                  "weights: {}/best.safetensors\nlog:     {}/log.csv\n",
                  trained.epochs, trained.best_epoch, trained.validation_top1_pct,
                  trained.validation_stderr_pct, trained.validation_loss, folder, folder));
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

void add_training(CLI::App& command, TrainOptions& options, const std::string& epochs,
                  const std::string& rate) {
  options.epochs = epochs;
  options.learning_rate = rate;
  options.network.add_to(command);
  options.data
      .add_to(command, "", "images to train on: cifar10:FILE[,FILE..], images:labels.csv, ...")
      ->required();
  options.validation.add_to(command, "validation-",
                            "images that choose the best epoch (a tenth of --data; "
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
  add_training(*command, *options, "20", "0.1");
  command->add_option("--weights", options->weights, "start from these instead of random ones")
      ->type_name("FILE");
  set_action(*command, [options] {
    print_trained(pipelines::train(choice(*options), host(), telling_start(*options, "train")),
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
  add_training(*command, options->train, "5", "0.01");
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
    print_trained(pipelines::finetune(choice(options->train), options->quantization.choice(),
                                      parse_widths(options->widths), host(),
                                      telling_start(options->train, "finetune")),
                  options->train.folder);
  });
}

}  // namespace bitloom::cli
