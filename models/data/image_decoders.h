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

/// Transparency is left out. A UserError where the picture moves.
Image decode_webp(const std::string& path, const FileBytes& bytes);

/// What libtiff makes RGB of: 16 bits are rounded to 8. A UserError where there is transparency, or
/// several pictures.
Image decode_tiff(const std::string& path, const FileBytes& bytes);

/// Windows' bitmaps of 1, 4, 8, 24 and 32 bits without compression.
Image decode_bmp(const std::string& path, const FileBytes& bytes);

/// PGM and PPM, as text or binary; grey is repeated, other greatest values than 255 are scaled.
Image decode_netpbm(const std::string& path, const FileBytes& bytes);

/// Decoders allocate by the size that a header announces: a UserError where that is more than the
/// file can hold.
void require_plausible_size(const std::string& path, std::int64_t width, std::int64_t height,
                            std::size_t bytes);

}  // namespace bitloom::data
