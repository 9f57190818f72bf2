#pragma once

#include <memory>
#include <string>

#include "cli/learn/learn_options.h"

namespace bitloom::cli {

/// What images a search uses, and for what. Those that its final figures are of are used for
/// nothing else.
struct SearchImages {
  std::shared_ptr<const data::Dataset> calibration;  // set ranges
  std::shared_ptr<const data::Dataset> reward;       // what the search goes by
  std::shared_ptr<const data::Dataset> final;        // what is reported
  std::string reward_text, final_text;               // in words
};

struct SearchImagesOptions {
  ImagesOption data;
  ImagesOption test;
  std::string reward_images = "500";
  std::optional<std::string> final_images;

  void add_to(CLI::App& command);
  /// A UserError where images of `others`, which the search learns from, are among the final ones.
  static void require_unseen(const SearchImages& images, const data::Dataset& others,
                             const std::string& option);
  /// Of a generated set: its training, validation and test images. Of files, where no test images
  /// are given: `reward_images` of --data, drawn at random, and for the final figures all others.
  SearchImages load() const;
};

}  // namespace bitloom::cli
