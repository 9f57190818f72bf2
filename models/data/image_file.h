#pragma once

#include <string>

#include "models/data/image.h"

namespace bitloom::data {

/// A JPEG or PNG file (told by its first bytes) as red, green, blue, with the values that PIL's
/// convert("RGB") gives (image_decoders.h). A UserError names the file where it is neither, broken,
/// ends early, or announces more pixels than its bytes can hold.
Image read_image(const std::string& path);

/// Whether a name ends as one of those files, .jpg, .jpeg or .png in any case.
bool is_image_name(const std::string& name);

}  // namespace bitloom::data
