#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/learn/quantization.h"

namespace bitloom::pipelines {

/// A training by stochastic gradient descent in a run's folder, which goes on with one that was
/// interrupted there.
struct TrainOptions {
  NetworkChoice network;
  std::optional<std::string> weights = {};  // to start from; else random ones
  ImageChoice data;
  std::optional<ImageChoice> validation = {};  // choose the best epoch; else a tenth of the data,
                                               // of generated sets 2,000 of their own
  ComputeChoice compute = {};
  std::int64_t epochs = 20;
  double learning_rate = 0.1;  // at the start; falls to 0 along a cosine
  double momentum = 0.9;
  double weight_decay = 5e-4;
  std::uint64_t seed = 0;  // of order, augmentation and initial weights
  std::optional<data::Augmentation> augmentation = {};  // else data::usual_augmentation()
  std::string folder;
};

/// What a training begins with.
struct TrainingStart {
  std::int64_t images = 0;
  std::string validation;             // images, in words
  std::optional<std::int64_t> epoch;  // at which it goes on, from 0
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
  std::vector<TrainedWidth> widths = {};  // of a training at several; the figures are their means
};

/// Hears of the start, once all that can be wrong with options and files has been found.
using OnStart = std::function<void(const TrainingStart&)>;

/// Trains in single precision. The folder gets best.safetensors, checkpoint.safetensors, log.csv.
Trained train(const TrainOptions& options, const Host& host = {}, const OnStart& on_start = {});

/// Trains a quantized network on, so that it gets used to its bits; `options.weights` are given. It
/// is calibrated first unless they hold its levels. With `widths` it is trained at all of them at
/// once, in place of the bits of `quantization` (weights/widths.h).
Trained finetune(const TrainOptions& options, const QuantizationChoice& quantization,
                 const std::vector<graph::Precision>& widths = {}, const Host& host = {},
                 const OnStart& on_start = {});

}  // namespace bitloom::pipelines
