#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/data/loader.h"
#include "models/torch/evaluation.h"
#include "models/torch/model.h"
#include "models/torch/optimizer.h"
#include "models/torch/training_loss.h"

namespace bitloom::nn {

/// What an epoch came to. Training figures are running ones, over images as they were seen.
struct EpochRecord {
  std::int64_t epoch = 0;
  double learning_rate = 0;  // of its last step
  double train_loss = 0;
  double train_top1_pct = 0;
  double validation_loss = 0;
  double validation_top1_pct = 0;
  double validation_stderr_pct = 0;
  std::vector<double> widths_top1_pct = {};  // of a model of several widths, at each; the
                                             // validation figures are their means
  std::int64_t stage = 0;                    // of a training in stages, from 1
};

/// Of a training in several stages, one after the other, the one that is run.
struct TrainingStage {
  std::int64_t number = 0;  // from 1; 0: the training has no stages
  std::int64_t of = 0;
  std::vector<EpochRecord> before = {};  // of the stages before it
};

struct TrainingOptions {
  std::int64_t epochs = 20;
  OptimizerOptions optimizer = {};
  RateSchedule rate = {};
  double label_smoothing = 0;
  Distillation distillation = {};
  std::int64_t norm_batches = 0;  // on which batch norms are measured anew after each epoch
  TrainingStage stage = {};
};

/// Where a training stands, told after every step.
struct TrainingProgress {
  data::Position position;  // of the step just taken
  std::int64_t epochs = 0;
  std::int64_t batches_per_epoch = 0;
  std::int64_t images = 0;  // of this step
  double loss = 0;          // the epoch's so far
  std::int64_t stage = 0;   // TrainingStage's, and of how many
  std::int64_t stages = 0;
};

/// The training and validation images. `training` is shuffled and augmented as its options say.
struct TrainingData {
  std::shared_ptr<const data::Dataset> training;
  data::LoaderOptions training_options;
  std::shared_ptr<const data::Dataset> validation;
  data::LoaderOptions validation_options;
};

/// Trains a model by gradient descent in a folder:
///   checkpoint.safetensors  all that is needed to go on, after every step (less often where
///   writing
///                           it takes over 5 % of the time)
///   best.safetensors        the model of the epoch with the best validation top-1,
///                           of those that the quantizers ended settled
///   log.csv                 a row per epoch, those of the stages before it too
/// A training that finds a checkpoint goes on from it, and ends with the same bits as one that was
/// never interrupted. A UserError where the checkpoint or the best model is damaged, or gone
/// although the other files are there.
class Trainer {
 public:
  Trainer(Model& model, TrainingData data, TrainingOptions options, std::string folder,
          std::map<std::string, std::string> metadata);

  /// Whether the folder holds a checkpoint; it has been loaded.
  bool resumed() const { return resumed_; }
  data::Position position() const { return position_; }
  /// Trains to the end. `on_validation` is told how far each validation is.
  void run(const std::function<void(const TrainingProgress&)>& on_step,
           const ImageProgress& on_validation = {});
  const std::vector<EpochRecord>& records() const { return records_; }
  /// The record of the best epoch, of those whose quantizers were settled.
  const EpochRecord& best() const;

 private:
  struct Sums {
    double loss = 0;
    std::int64_t right = 0;
    std::int64_t images = 0;
  };
  bool has_best() const { return settled_from_ < records_.size(); }
  void step(data::Batch& batch, std::int64_t batches_per_epoch);
  double add_gradients(const Tensor& images, const Tensor& labels, const Tensor& taught,
                       std::size_t width);
  void measure_norms();
  EpochRecord validated(const ImageProgress& on_validation);
  void end_epoch(const ImageProgress& on_validation);
  void save_when_due(bool now);
  void save();
  void load(const weights::TensorFile& file);
  void require_not_begun() const;
  std::string path(const char* name) const { return folder_ + "/" + name; }

  Model& model_;
  TrainingData data_;
  TrainingOptions options_;
  std::string folder_;
  std::map<std::string, std::string> metadata_;
  Optimizer optimizer_;
  TrainingLoss loss_;
  data::Position position_;  // of the next step
  double rate_ = 0;          // of the last one
  Sums sums_;
  std::vector<EpochRecord> records_;
  std::size_t settled_from_ = 0;  // the first record whose quantizers were settled
  bool resumed_ = false;
  double saving_s_ = 0;  // what the last checkpoint took
  std::chrono::steady_clock::time_point last_save_{};
};

/// A table of records as CSV, validated on so many images. Where all of these are right, or none
/// is, `validation_low_pct` and `validation_high_pct` have the range of top-1 (base/shares.h) in
/// place of a standard error. Of a model of several widths `widths_top1_pct` is the column of all,
/// separated by spaces; of a training in stages `stage` is a column.
std::string training_log(const std::vector<EpochRecord>& records, std::int64_t validation_images);

}  // namespace bitloom::nn
