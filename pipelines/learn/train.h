#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/learn/quantization.h"
#include "pipelines/training_settings.h"

namespace bitloom::pipelines {

/// A training by gradient descent in a run's folder, which goes on with one that was interrupted
/// there.
struct TrainOptions {
  NetworkChoice network;
  std::optional<std::string> weights = {};  // to start from; else random ones
  ImageChoice data;
  std::optional<ImageChoice> validation = {};  // choose the best epoch; else a tenth of the data,
                                               // of generated sets 2,000 of their own
  ComputeChoice compute = {};
  TrainingSettings settings = {};  // of bits and quantizers `progressive` alone
  std::uint64_t seed = 0;          // of order, augmentation and initial weights
  std::optional<data::Augmentation> augmentation = {};  // else data::usual_augmentation()
  std::string folder;

  /// Images of a step.
  std::int64_t batch() const { return compute.batch_size.value_or(settings.batch); }
};

/// A recipe for training by its name or file (load_recipe()), whose quantizer there is.
TrainingSettings load_training_recipe(const std::string& name_or_file,
                                      const TrainingSettings& defaults, const Host& host = {});
/// A UserError names what only a quantized network has.
void require_for_single_precision(const std::string& recipe, const TrainingSettings& settings);
/// How a network is quantized: what `given` leaves out is the recipe's.
QuantizationChoice quantization_of(const TrainingSettings& settings, QuantizationChoice given);

/// What a training begins with.
struct TrainingStart {
  std::int64_t images = 0;
  std::string validation;                  // images, in words
  std::optional<std::int64_t> epoch = {};  // at which it goes on, from 0
  std::int64_t epochs = 0;                 // of a stage
  std::int64_t stage = 0;                  // of which stage that is, from 1; 0: there are none
  std::int64_t stages = 0;
};

/// Of a training at several widths: one and its accuracy at the best epoch.
struct TrainedWidth {
  graph::Precision bits;
  double validation_top1_pct = 0;
};

struct Trained {
  std::int64_t epochs = 0;
  std::int64_t best_epoch = 0;
  double validation_top1_pct = 0;
  double validation_stderr_pct = 0;
  double validation_loss = 0;
  std::int64_t validation_images = 0;
  std::vector<TrainedWidth> widths = {};  // of a training at several; the figures are their means
};

/// Hears of the start, once all that can be wrong with options and files has been found.
using OnStart = std::function<void(const TrainingStart&)>;

/// Trains in single precision. The folder gets best.safetensors, checkpoint.safetensors, log.csv.
Trained train(const TrainOptions& options, const Host& host = {}, const OnStart& on_start = {});

/// Trains a quantized network on, so that it gets used to its bits; `options.weights` are given. It
/// is calibrated first unless they hold its levels. With `widths` it is trained at all of them at
/// once, in place of the bits of `quantization` (weights/widths.h).
///
/// With `options.settings.progressive` it is trained in stages, each with more bits than the next,
/// which starts from its best epoch; those before the last have folders stage-1, stage-2, .. in the
/// run's. With a teacher's weight it also learns from itself as it is before it is quantized.
Trained finetune(const TrainOptions& options, const QuantizationChoice& quantization,
                 const std::vector<graph::Precision>& widths = {}, const Host& host = {},
                 const OnStart& on_start = {});

}  // namespace bitloom::pipelines
