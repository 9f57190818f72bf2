#pragma once

#include <optional>
#include <string>

#include "models/data/image.h"

namespace bitloom::testing {

/// `image` (3 channels) as a JPEG of quality 95; grey where it has one channel, CMYK where four.
void write_jpeg(const std::string& path, const data::Image& image);

/// `image` (1 channel: grey, 3: RGB, 4: with alpha) as a PNG.
void write_png(const std::string& path, const data::Image& image);

struct PngForm {
  int bits = 8;                      // a sample; of 16 the lower byte repeats the upper
  std::optional<double> gamma = {};  // of a gAMA chunk
  bool has_srgb_chunk = false;
};
/// `image` (1 channel: grey, 3: RGB) as a PNG of that form.
void write_png(const std::string& path, const data::Image& image, const PngForm& form);

/// An image whose pixels are `value(channel, row, column)`.
template <class Value>
data::Image image_of(std::int64_t channels, std::int64_t height, std::int64_t width, Value value) {
  data::Image image(channels, height, width);
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t y = 0; y < height; ++y)
      for (std::int64_t x = 0; x < width; ++x)
        image.plane(c)[y * width + x] = static_cast<std::uint8_t>(value(c, y, x));
  return image;
}

}  // namespace bitloom::testing
