#pragma once

#include <cstdint>
#include <functional>

#include "models/data/loader.h"
#include "models/nn/torch.h"

namespace bitloom::nn {

/// A figure and its standard error.
struct Estimate {
  double value = 0;
  double standard_error = 0;
};

/// What a network makes of labelled images.
struct Accuracy {
  std::int64_t images = 0;
  Estimate top1_pct;
  Estimate top5_pct;
  Estimate loss;  // mean cross-entropy, nats
};

/// Images done and of how many.
using ImageProgress = std::function<void(std::int64_t done, std::int64_t of)>;

/// Outputs [batch][classes] of images [batch][channels][height][width].
using Classifier = std::function<torch::Tensor(const torch::Tensor& images)>;

/// Runs `classify` on all that `loader` gives. Standard errors are of the mean of independent
/// images: sqrt(p (1 - p) / n), and the losses' standard deviation / sqrt(n). A class equal in
/// value to the label's counts as above it.
Accuracy evaluate(const Classifier& classify, data::Loader& loader, std::int64_t images,
                  const ImageProgress& progress = {});

/// The images of `batch` as a tensor that shares its memory.
torch::Tensor images_of(data::Batch& batch);
torch::Tensor labels_of(data::Batch& batch);

}  // namespace bitloom::nn
