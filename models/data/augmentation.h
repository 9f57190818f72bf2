#pragma once

#include <cstdint>
#include <string>

#include "models/data/image.h"
#include "models/data/preparation.h"

namespace bitloom::data {

/// How training images are varied.
enum class Augmentation {
  kNone,
  kPadCropFlip,  // fit to the input, pad 4 black pixels, crop at random; mirror half (He et al.
                 // 2016, section 4.2)
  kRandomResizedCrop,  // 8 to 100 % of the area at an aspect of 3/4 to 4/3; mirror half (Szegedy et
                       // al. 2015, section 6)
};

/// What is usual at an input size: kPadCropFlip up to 64 pixels, kRandomResizedCrop above, none of
/// what is no image.
Augmentation usual_augmentation(const InputSize& input);

/// `image` varied and brought to `input`. All choices are a function of seed, epoch and index.
Image augment(Image image, Augmentation augmentation, const InputSize& input, std::uint64_t seed,
              std::int64_t epoch, std::int64_t index);

}  // namespace bitloom::data
