#pragma once

#include <optional>
#include <string>

#include "cli/learn/learn_options.h"

namespace bitloom::cli {

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
  bool quiet = false;  // prints no result
};

struct FinetuneOptions {
  TrainOptions train;
  QuantizationOptions quantization;
};

/// Trains a quantized network on in the folder that is named, or goes on with what is there.
void finetune(const FinetuneOptions& options);

}  // namespace bitloom::cli
