#pragma once

#include <string>

#include "models/data/image.h"

namespace bitloom::data {

/// A JPEG, PNG, WebP, BMP, TIFF, PGM or PPM file (told by its first bytes) as red, green, blue,
/// with the values that PIL's convert("RGB") gives (image_decoders.h). A UserError names the file
/// where it is none of them, broken, ends early, or announces more pixels than its bytes can hold.
Image read_image(const std::string& path);

/// Whether a name ends as one of those files, in capitals or not.
bool is_image_name(const std::string& name);

/// `.jpg, .jpeg, .png, ..`: how the names of those files end.
std::string image_endings();

}  // namespace bitloom::data
