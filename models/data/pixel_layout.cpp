#include "models/data/pixel_layout.h"

#include <algorithm>

namespace bitloom::data {

std::optional<PixelLayout> layout_of(const std::vector<std::int64_t>& sizes) {
  const auto are_channels = [](std::int64_t size) { return size == 1 || size == 3; };
  if (sizes.size() == 3) return PixelLayout{1, sizes[1], sizes[2]};
  if (sizes.size() != 4) return std::nullopt;
  if (are_channels(sizes[1])) return PixelLayout{sizes[1], sizes[2], sizes[3]};
  if (are_channels(sizes[3])) return PixelLayout{sizes[3], sizes[1], sizes[2], true};
  return std::nullopt;
}

Image image_of_bytes(const std::uint8_t* bytes, const PixelLayout& layout) {
  Image image(layout.channels, layout.height, layout.width);
  const std::int64_t pixels = layout.height * layout.width;
  if (!layout.channels_last) {
    std::copy(bytes, bytes + layout.channels * pixels, image.pixels.begin());
    return image;
  }
  for (std::int64_t i = 0; i < pixels; ++i)
    for (std::int64_t c = 0; c < layout.channels; ++c) image.plane(c)[i] = *bytes++;
  return image;
}

}  // namespace bitloom::data
