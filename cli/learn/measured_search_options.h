#pragma once

#include <optional>
#include <string>

#include "cli/learn/learn_options.h"
#include "cli/search_space.h"
#include "pipelines/learn/measured_search.h"

namespace bitloom::cli {

/// `search` by measured accuracy.
struct MeasuredSearchOptions {
  std::string method = "haq";
  SearchSpaceOptions space;  // first and last layer at 8/8 unless asked otherwise
  WeightsOption weights;
  ImagesOption data, test;
  std::string reward_images = "500";
  std::optional<std::string> final_images;
  std::optional<std::string> scheme, granularity, post_training;
  RunOptions run;
  std::string seed = "0";
  std::optional<std::string> episodes, warmup, bits_by;
  std::optional<std::string> init, sensitivity;
  std::optional<std::string> minimize, max_loss;
  std::string finetune_epochs = "0";
  std::optional<std::string> finetune_rate;
  std::string episode_batches = "0";
  ImagesOption training;
  std::string folder;

  MeasuredSearchOptions() { space.edge_layers = "8/8"; }
  void add_to(CLI::App& command);
  pipelines::MeasuredSearchOptions choice() const;
};

}  // namespace bitloom::cli
