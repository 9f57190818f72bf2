#pragma once

#include <optional>
#include <string>

#include "cli/learn/learn_options.h"
#include "cli/learn/search_images.h"
#include "cli/search_space.h"

namespace bitloom::cli {

/// `search` by measured accuracy.
struct MeasuredSearchOptions {
  std::string method = "haq";
  SearchSpaceOptions space;  // first and last layer at 8/8 unless asked otherwise
  std::string weights;
  SearchImagesOptions images;
  QuantizationOptions quantizer;  // scheme and granularity
  RunOptions run;
  std::string episodes = "600", seed = "0";
  std::optional<std::string> warmup;
  std::optional<std::string> init, sensitivity;
  std::optional<std::string> minimize, max_loss;
  std::string finetune_epochs = "0", finetune_rate = "0.01";
  std::string episode_batches = "0";
  ImagesOption training;
  std::string folder;

  MeasuredSearchOptions() { space.edge_layers = "8/8"; }
  void add_to(CLI::App& command);
  /// A UserError where options do not go together.
  void require_sense() const;
};

/// Whether the method needs no measuring: hawq, hawq-v2, hawq-v3.
bool is_solved_by_sensitivities(const std::string& method);

}  // namespace bitloom::cli
