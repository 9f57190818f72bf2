#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bitloom::data {

/// Pixels of 0 to 255, channel by channel (CHW); three channels are red, green, blue.
struct Image {
  std::int64_t channels = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::vector<std::uint8_t> pixels;
  /// Instead of pixels, in the same order: real numbers that a network takes as they are.
  std::vector<float> reals = {};
  /// Of real numbers: the sizes that they were stored under.
  std::vector<std::int64_t> sizes = {};

  Image() = default;
  /// A black image.
  Image(std::int64_t channels, std::int64_t height, std::int64_t width)
      : channels(channels),
        height(height),
        width(width),
        pixels(static_cast<std::size_t>(channels * height * width)) {}

  std::uint8_t* plane(std::int64_t channel) { return pixels.data() + channel * height * width; }
  const std::uint8_t* plane(std::int64_t channel) const {
    return pixels.data() + channel * height * width;
  }
  bool operator==(const Image&) const = default;
};

}  // namespace bitloom::data
