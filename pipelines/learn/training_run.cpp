#include "pipelines/learn/training_run.h"

#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/output_file.h"
#include "models/torch/training.h"
#include "pipelines/learn/model_loading.h"
#include "pipelines/learn/training_images.h"
#include "pipelines/learn/used_images.h"
#include "pipelines/run_folder.h"

namespace bitloom::pipelines {
namespace {

/// What a training is a function of; a folder goes on only with the same.
Manifest training_manifest(const TrainOptions& options, const std::string& command,
                           const data::Normalization& own_normalization,
                           const TrainingImages& images,
                           const std::shared_ptr<const Images>& calibration,
                           const std::vector<nn::Quantization>& quantizations) {
  const auto& [network, weights, data, validation, compute, settings, seed, augmentation, folder] =
      options;
  const auto& [batch_size, threads, normalization] = compute;
  Manifest manifest(command);
  declare(network, manifest);
  manifest.option("weights", weights);
  manifest.file("weights", weights);
  declare("", data, manifest);
  declare("validation_", validation, manifest);
  if (!data::is_generated(data.spec)) declare({"training", *images.training}, manifest);
  declare({"validated", *images.validation}, manifest);
  if (calibration && *calibration) declare({"calibration", **calibration}, manifest);
  manifest.option("normalization", data::to_text(normalization.value_or(own_normalization)));
  manifest.option("augmentation",
                  augmentation ? std::optional(to_text(*augmentation)) : std::nullopt);
  declare(settings, manifest);
  manifest.option("batch", options.batch());
  manifest.option("seed", seed);
  manifest.option("threads", threads);
  const auto quantization = [&](std::size_t width) {
    return quantization_json(quantized_as(quantizations[width]));
  };
  if (!quantizations.empty()) manifest.fact("quantization", quantization(0));
  manifest.fact("widths", std::max<std::size_t>(1, quantizations.size()));
  for (std::size_t width = 1; width < quantizations.size(); ++width)
    manifest.fact(fmt::format("width_{}", width + 1), quantization(width));
  manifest.leave_out(batch_size, folder);
  manifest.note("images_list", kImagesFile);
  manifest.note("validated_on", images.validation_text);
  if (images.validation_seen > 0) manifest.note("validation_seen", images.validation_seen);
  return manifest;
}

/// Those that were drawn.
std::vector<ImageUse> listed_images(const TrainingImages& images,
                                    const std::shared_ptr<const Images>& calibration) {
  std::vector<ImageUse> uses;
  if (calibration && *calibration) uses.push_back({"calibration", **calibration});
  if (images.are_drawn) uses.push_back({"training", *images.training});
  uses.push_back({"validation", *images.validation});
  return uses;
}

/// Tells of each step taken.
std::function<void(const nn::TrainingProgress&)> telling_steps(Step& step) {
  return [&step, is_first = true](const nn::TrainingProgress& p) mutable {
    const std::int64_t steps = p.epochs * p.batches_per_epoch;  // of a stage
    const std::int64_t before = p.stages == 0 ? 0 : (p.stage - 1) * steps;
    const std::int64_t done =
        before + p.position.epoch * p.batches_per_epoch + p.position.batch + 1;
    if (is_first) step.begin_at(static_cast<double>(done - 1));
    is_first = false;
    const std::string stage =
        p.stages == 0 ? "" : fmt::format(", stage {} of {}", p.stage, p.stages);
    step.update(static_cast<double>(done), std::max<std::int64_t>(1, p.stages) * steps,
                fmt::format("{}, epoch {} of {}, loss {:.4f}", stage, p.position.epoch + 1,
                            p.epochs, p.loss));
  };
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

nn::TrainingOptions trainer_options(const TrainingSettings& settings, const TrainingPlan& plan,
                                    nn::TrainingStage stage) {
  return {.epochs = settings.epochs,
          .optimizer = settings.optimizer,
          .rate = settings.rate,
          .label_smoothing = settings.label_smoothing,
          .distillation = {plan.teacher, settings.temperature, settings.teacher_weight},
          .norm_batches = settings.norm_batches,
          .stage = std::move(stage)};
}

Trained trained_as(const nn::Trainer& trainer, nn::Model& model, std::int64_t images) {
  const nn::EpochRecord& best = trainer.best();
  return {.epochs = std::ssize(trainer.records()),
          .best_epoch = best.epoch,
          .validation_top1_pct = best.validation_top1_pct,
          .validation_stderr_pct = best.validation_stderr_pct,
          .validation_loss = best.validation_loss,
          .validation_images = images,
          .widths = trained_widths(model, best)};
}

/// Tells of the start and of steps, from the first stage that is not done on.
class Telling {
 public:
  Telling(std::string command, const Host& host, const OnStart& on_start)
      : command_(std::move(command)), host_(host), on_start_(on_start) {}

  void start(const TrainingStart& start) {
    if (step_) return;
    if (on_start_) on_start_(start);
    step_.emplace(host_, std::string_view(command_));
    on_step_ = telling_steps(*step_);
  }
  const std::function<void(const nn::TrainingProgress&)>& on_step() const { return on_step_; }

 private:
  std::string command_;
  const Host& host_;
  const OnStart& on_start_;
  std::optional<Step> step_;
  std::function<void(const nn::TrainingProgress&)> on_step_;
};

/// Where stage `i` is kept; the last one in the run's folder itself.
std::string made_folder(const TrainOptions& options, const TrainingPlan& plan, std::size_t i) {
  if (i + 1 == plan.stages) return options.folder;
  std::filesystem::create_directories(stage_folder(options, i));
  return stage_folder(options, i);
}

/// What a run has beside its options.
struct TrainingRun {
  nn::TrainingData data;
  data::Normalization normalization;
  TrainingStart start;  // but for the place
};

/// Runs stage `i`; its records join those in `stage`.
Trained run_stage(const TrainOptions& options, TrainingPlan& plan, std::size_t i, TrainingRun& run,
                  nn::TrainingStage& stage, Telling& telling) {
  if (plan.stages > 1) stage.number = static_cast<std::int64_t>(i) + 1;
  nn::Trainer trainer(plan.model, run.data, trainer_options(options.settings, plan, stage),
                      made_folder(options, plan, i),
                      metadata_of(plan.model, run.normalization, plan.own.origin));
  if (i + 1 == plan.stages || trainer.position().epoch < options.settings.epochs) {
    run.start.stage = stage.number;
    if (trainer.resumed()) run.start.epoch = trainer.position().epoch;
    telling.start(run.start);
    trainer.run(telling.on_step());
  }
  stage.before.insert(stage.before.end(), trainer.records().begin(), trainer.records().end());
  return trained_as(trainer, plan.model, run.data.validation->size());
}

}  // namespace

std::string stage_folder(const TrainOptions& options, std::size_t stage) {
  return fmt::format("{}/stage-{}", options.folder, stage + 1);
}

Trained run_training(const TrainOptions& options, TrainingPlan plan, const Host& host,
                     const OnStart& on_start) {
  if (plan.model.learned().empty())
    throw UserError(fmt::format("network {}: has no parameter, so that there is nothing to train",
                                plan.model.network().graph().name()));
  const data::Normalization own_normalization = data::parse_stated_normalization(
      options.weights.value_or(options.network.name), plan.own.normalization);
  const TrainingImages images = load_training_images(options, host);
  const data::Normalization normalization =
      options.compute.normalization.value_or(own_normalization);
  TrainingRun run{training_data(options, plan.model.network().graph(), normalization, images),
                  normalization,
                  {.images = images.training->size(),
                   .validation = images.validation_text,
                   .epochs = options.settings.epochs}};
  const RunFolder folder(options.folder,
                         training_manifest(options, plan.command, own_normalization, images,
                                           plan.calibration, plan.quantizations),
                         host);
  write_file(folder.file(kImagesFile), images_csv(listed_images(images, plan.calibration)));
  Telling telling(plan.command, host, on_start);
  nn::TrainingStage stage;
  if (plan.stages > 1) run.start.stages = stage.of = static_cast<std::int64_t>(plan.stages);
  for (std::size_t i = 0; i + 1 < plan.stages; ++i) {
    run_stage(options, plan, i, run, stage, telling);
    plan.model = plan.later(i + 1);
  }
  return run_stage(options, plan, plan.stages - 1, run, stage, telling);
}

}  // namespace bitloom::pipelines
