#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/data/image.h"

namespace bitloom::data {

/// What a network takes.
struct InputSize {
  std::int64_t channels = 3;
  std::int64_t height = 0;
  std::int64_t width = 0;
  /// Of an input that is no image: its own sizes. One channel and row hold its values then.
  std::optional<std::vector<std::int64_t>> other = {};

  /// Of an input of these sizes, which are an image's where there are three.
  static InputSize of(const std::vector<std::int64_t>& sizes);

  bool is_image() const { return !other; }
  /// In the order in which a network takes them, without the batch.
  std::vector<std::int64_t> sizes() const;
  std::int64_t values() const { return channels * height * width; }
  bool operator==(const InputSize&) const = default;
};

/// `3 x 32 x 32`; `a number` where there are no sizes.
std::string sizes_text(const std::vector<std::int64_t>& sizes);

/// Part of an image, in pixels.
struct Box {
  std::int64_t top = 0;
  std::int64_t left = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// `image` at another size: triangle filter, widened by the reduction so that it does not alias,
/// rows before columns, each rounded to whole pixels. Equals PIL's Image.resize(BILINEAR).
Image resize(const Image& image, std::int64_t height, std::int64_t width);

/// The pixels of `box`, which must lie in the image.
Image crop(const Image& image, const Box& box);

/// `image` at `input`'s size: as it is where it has it already; else its shorter side is resized,
/// up or down, to 8/7 of the input's (256 for 224) and the centre cut out, both rounded as
/// torchvision's presets and CenterCrop do. Grey becomes three
/// equal channels; a UserError where three would have to become one.
Image fit(Image image, const InputSize& input);

}  // namespace bitloom::data
