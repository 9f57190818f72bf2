#pragma once

#include <cstdint>
#include <memory>

#include "models/data/dataset.h"

namespace bitloom::data {

/// Ten classes of textured shapes before textured backgrounds, among pieces of other shapes, partly
/// hidden, shaded and noisy: 32 x 32 pixels, red, green and blue. An image is a function of seed,
/// part and index, the same on every machine; the parts have no image in common, nor have two
/// seeds. Label = index mod 10. 50,000 images to train, 10,000 to validate, 10,000 to test.
std::unique_ptr<Dataset> make_shapes32(std::uint64_t seed, Part part);

}  // namespace bitloom::data
