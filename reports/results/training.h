#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The folder of a training, `train` or `finetune`, as it tells how accuracy came about.
namespace bitloom::reports {

/// A row of `log.csv`. The figures of the training images are of them as they were seen.
struct TrainedEpoch {
  std::int64_t number = 0;  // from 1, in its stage
  std::int64_t stage = 0;   // from 1; 0: the training has no stages
  double learning_rate = 0;
  double train_loss = 0, train_top1_pct = 0;
  double validation_loss = 0, validation_top1_pct = 0;
  std::optional<double> validation_stderr_pct;
  std::optional<double> validation_low_pct, validation_high_pct;  // in place of the error
};

struct TrainingRun {
  std::string name;     // the folder's last part
  std::string program;  // `train`, `finetune`
  std::string network, data, validated_on;
  std::optional<std::int64_t> validation_images;
  std::string command;  // as typed; empty where the manifest has none
  std::vector<TrainedEpoch> epochs;

  /// Of the best top-1 on the validation images; the first of several.
  const TrainedEpoch& most_accurate() const;
};

/// Whether a folder's manifest says that `train` or `finetune` made it.
bool is_training(const std::string& folder);

/// A UserError names the file and the place in it: no `log.csv`, no epoch in it, a column missing.
TrainingRun read_training(const std::string& folder);

}  // namespace bitloom::reports
