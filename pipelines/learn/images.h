#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "models/data/loader.h"
#include "models/graph/graph.h"
#include "pipelines/host.h"
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

/// The images; of generated sets those of `part`. Warns of files among them that are none, and of a
/// count that they do not reach. A UserError where there are no images.
Images load(const ImageChoice& choice, data::Part part, const Host& host = {});
/// The images that split and count leave out; nothing where they leave out none.
Images load_left_out(const ImageChoice& choice, data::Part part);
/// `count` images (data::draw()), or all where there are no more.
Images drawn_images(Images images, std::int64_t count);
/// The same of the number that `option` asks for: warns where there are no so many.
Images asked_images(Images images, std::int64_t count, const std::string& option, const Host& host);

/// Declares `<prefix>data`, `<prefix>split`, its hash and `<prefix>images`.
void declare(const std::string& prefix, const std::optional<ImageChoice>& choice,
             Manifest& manifest);

/// A network's input for a loader.
data::InputSize input_of(const graph::Graph& graph);

/// `none`, `crop`, `resized`.
std::string to_text(data::Augmentation augmentation);
/// A UserError lists them.
data::Augmentation parse_augmentation(const std::string& name);

/// How many images a pass that needs no gradients computes at once: as many as hold about 100,000
/// pixels (or other values), at most 1024: 100 of 32 x 32 and 2 of 224 x 224. What a layer puts out
/// then stays in the caches.
std::int64_t images_at_once(const data::InputSize& input);

/// How many images a step of training and a measurement of gradients computes at once.
constexpr std::int64_t kGradientBatch = 128;

/// How images are computed.
struct ComputeChoice {
  std::optional<std::int64_t> batch_size = {};  // else images_at_once(), or kGradientBatch
  int threads = 1;                              // processor cores
  std::optional<data::Normalization> normalization = {};  // else the network's own

  /// `own` is what the metadata of weights in `file` says.
  data::Normalization normalization_or(const std::string& file, const std::string& own) const {
    return normalization ? *normalization : data::parse_stated_normalization(file, own);
  }
};

}  // namespace bitloom::pipelines
