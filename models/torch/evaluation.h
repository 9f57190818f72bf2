#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "models/data/loader.h"
#include "models/torch/accuracy.h"
#include "models/torch/torch.h"

namespace bitloom::nn {

/// Images done and of how many.
using ImageProgress = std::function<void(std::int64_t done, std::int64_t of)>;

/// Outputs [batch][classes] of images [batch][channels][height][width].
using Classifier = std::function<torch::Tensor(const torch::Tensor& images)>;

/// Runs `classify` on all that `loader` gives. Standard errors are of the mean of independent
/// images: sqrt(p (1 - p) / n), and the losses' standard deviation / sqrt(n). A class equal in
/// value to the label's counts as above it.
Accuracy evaluate(const Classifier& classify, data::Loader& loader, std::int64_t images,
                  const ImageProgress& progress = {});
/// The same of batches that are at hand.
Accuracy evaluate(const Classifier& classify, std::vector<data::Batch>& batches);

/// The images of `batch` as a tensor that shares its memory.
torch::Tensor images_of(data::Batch& batch);
torch::Tensor labels_of(data::Batch& batch);

}  // namespace bitloom::nn
