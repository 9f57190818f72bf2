#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/data/image.h"

namespace bitloom::data {

/// How pixels become a network's inputs: (pixel * scale - mean) / std for each channel.
struct Normalization {
  enum class Order { kRgb, kBgr };

  double scale = 1.0 / 255;
  std::vector<double> mean{0.0};  // one for all channels, or three in the order of the channels
  std::vector<double> std{1.0};   // that the network sees, as Caffe's blue, green, red
  Order order = Order::kRgb;

  bool operator==(const Normalization&) const = default;
};

/// A preset or figures:
///   unit        x / 255
///   imagenet    (x / 255 - [.485 .456 .406]) / [.229 .224 .225], torchvision's
///   cifar10     (x / 255 - [.4914 .4822 .4465]) / [.2470 .2435 .2616], the training images' own
///   tensorflow  x / 127.5 - 1, as Inception was published, and torchvision's weights of it want it
///   caffe       blue, green, red minus 104, 117, 123
///   scale=1/255;mean=.5,.5,.5;std=.2,.2,.2;order=bgr   any of the four; the others are as in
///                                                      scale=1;mean=0;std=1;order=rgb
/// A UserError says what of `text` is not understood.
Normalization parse_normalization(std::string_view text);

/// The same of what the metadata of weights in `file` says, which complaints name.
Normalization parse_stated_normalization(const std::string& file, std::string_view text);

/// Figures that parse_normalization() reads back as the same.
std::string to_text(const Normalization& normalization);

/// The presets with their figures, and how others are written, for help.
std::string normalization_help();

/// The presets' names.
std::vector<std::string> normalization_names();

/// A normalization for images of `channels` channels, as a table of its 256 values. A UserError
/// where its figures or its order need another number of channels.
class Normalizer {
 public:
  Normalizer(const Normalization& normalization, std::int64_t channels);

  /// Writes `image` as floats, CHW, to `out` (as many as it has pixels); it must have the channels.
  void operator()(const Image& image, float* out) const;

 private:
  struct Channel {
    std::int64_t source;  // the image's channel
    std::array<float, 256> values;
  };
  std::vector<Channel> channels_;
};

}  // namespace bitloom::data
