#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/torch/model.h"
#include "pipelines/learn/train.h"

/// A training in its folder, whatever is trained. For the sources of this folder alone: it includes
/// LibTorch.
namespace bitloom::pipelines {

/// What the weights that training starts from say of their network.
struct Own {
  std::string normalization;
  std::string origin = {};  // whose padding it has
};

/// What is trained: a model, or several one after the other.
struct TrainingPlan {
  std::string command;
  Own own;
  nn::Model model;  // of the first stage
  std::size_t stages = 1;
  std::function<nn::Model(std::size_t)> later = {};  // of stage `i`, when those before are done
  /// How the last one is quantized, at each width; of a network in single precision none.
  std::vector<nn::Quantization> quantizations = {};
  std::shared_ptr<nn::Network> teacher = nullptr;
  std::shared_ptr<const Images> calibration = nullptr;  // what set its levels; may hold none
};

/// Where stage `stage`, from 0, is kept; the last one is in the run's folder itself.
std::string stage_folder(const TrainOptions& options, std::size_t stage);

Trained run_training(const TrainOptions& options, TrainingPlan plan, const Host& host,
                     const OnStart& on_start);

}  // namespace bitloom::pipelines
