#pragma once

#include <string>

#include "models/torch/training.h"
#include "pipelines/learn/train.h"

/// The images of a training. For the sources of this folder alone: it includes LibTorch.
namespace bitloom::pipelines {

/// Training and validation images. Files that come without validation images give a tenth of
/// their own; generated sets have some.
struct TrainingImages {
  Images training, validation;
  std::string validation_text;       // and who may have seen them
  std::int64_t validation_seen = 0;  // that are trained on too
  bool are_drawn = false;            // those to train on, from more
};

/// Warns where images to validate are among those to train on.
TrainingImages load_training_images(const TrainOptions& options, const Host& host);

/// How a trainer loads them for the network `graph`. A UserError where labels are of more classes.
nn::TrainingData training_data(const TrainOptions& options, const graph::Graph& graph,
                               const data::Normalization& normalization,
                               const TrainingImages& images);

}  // namespace bitloom::pipelines
