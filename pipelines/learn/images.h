#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "models/data/loader.h"
#include "models/graph/graph.h"
#include "pipelines/manifest.h"

namespace bitloom::pipelines {

/// Labelled images.
struct ImageChoice {
  std::string spec;                        // data::make_dataset()
  std::optional<std::string> split = {};   // a file: only the indices that it lists
  std::optional<std::int64_t> count = {};  // only the first so many of them
  std::string option = "--data";           // that complaints name
};

using Images = std::shared_ptr<const data::Dataset>;

/// The images; of generated sets those of `part`. A UserError where there are none.
Images load(const ImageChoice& choice, data::Part part);
/// The images that split and count leave out; nothing where they leave out none.
Images load_left_out(const ImageChoice& choice, data::Part part);
/// The first `count` images, or all where there are no more.
Images first_images(Images images, std::int64_t count);

/// Declares `<prefix>data`, `<prefix>split`, its hash and `<prefix>images`.
void declare(const std::string& prefix, const std::optional<ImageChoice>& choice,
             Manifest& manifest);

/// A network's input for a loader.
data::InputSize input_of(const graph::Graph& graph);

/// How images are computed.
struct ComputeChoice {
  std::int64_t batch_size = 128;                          // at once
  int threads = 1;                                        // processor cores
  std::optional<data::Normalization> normalization = {};  // else the network's own

  data::Normalization normalization_or(const std::string& own) const {
    return normalization ? *normalization : data::parse_normalization(own);
  }
};

}  // namespace bitloom::pipelines
