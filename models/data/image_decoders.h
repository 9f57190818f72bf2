#pragma once

#include <cstdint>
#include <string>

#include "base/files.h"
#include "models/data/image.h"

/// What read_image() (image_file.h) decodes with: pixels as PIL's convert("RGB") gives them.
/// Complaints name `path`.
namespace bitloom::data {

/// Grey is repeated; CMYK and YCCK, which are taken to be inverted as Adobe writes them, become
/// R = (255 - K) - (255 - K) C / 255, and green and blue by M and Y.
Image decode_jpeg(const std::string& path, const FileBytes& bytes);

/// Grey is repeated, palettes are looked up, transparency is left out. Of 16 bits the upper 8
/// count; chunks that say how the picture should look on a screen (gAMA, sRGB) do not.
Image decode_png(const std::string& path, const FileBytes& bytes);

/// Decoders allocate by the size that a header announces: a UserError where that is more than the
/// file can hold.
void require_plausible_size(const std::string& path, std::int64_t width, std::int64_t height,
                            std::size_t bytes);

}  // namespace bitloom::data
