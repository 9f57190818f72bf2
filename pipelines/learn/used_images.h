#pragma once

#include <initializer_list>
#include <string>

#include "models/data/dataset.h"
#include "pipelines/manifest.h"

namespace bitloom::pipelines {

/// What a run uses images for, such as `training`.
struct ImageUse {
  const char* use;
  const data::Dataset& images;
};

/// `images.csv` of a run's folder: a row with `use` and `image` (Dataset::place()) for each image.
std::string images_csv(std::initializer_list<ImageUse> uses);

/// 16 digits that change with the images, where they lie and their order.
std::string images_hash(const data::Dataset& images);

/// Declares `<use>_images`, how many there are, and `<use>_images_hash`.
void declare(const ImageUse& use, Manifest& manifest);

}  // namespace bitloom::pipelines
