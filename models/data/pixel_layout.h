#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "models/data/image.h"

namespace bitloom::data {

/// How an array holds images: by row, each of `channels` planes, or pixels of `channels` bytes.
struct PixelLayout {
  std::int64_t channels = 1, height = 0, width = 0;
  bool channels_last = false;
};

/// Of an array of images x height x width, images x C x height x width or images x height x width x
/// C, where C is 1 or 3; nothing of other sizes.
std::optional<PixelLayout> layout_of(const std::vector<std::int64_t>& sizes);

/// What layout_of() takes, for complaints.
inline constexpr std::string_view kPixelLayouts =
    "images x height x width, images x 3 x height x width or images x height x width x 3";

/// The image whose bytes begin at `bytes`.
Image image_of_bytes(const std::uint8_t* bytes, const PixelLayout& layout);

}  // namespace bitloom::data
