#pragma once

#include <string>
#include <vector>

#include "models/data/dataset.h"
#include "pipelines/manifest.h"

namespace bitloom::pipelines {

/// What a run uses images for, such as `training`.
struct ImageUse {
  const char* use;
  const data::Dataset& images;
};

/// The file of a run's folder that lists its images.
inline constexpr const char* kImagesFile = "images.csv";
/// Its text: a row with `use` and `image` (Dataset::place()) for each image.
std::string images_csv(const std::vector<ImageUse>& uses);

/// Dataset::place() of each.
std::vector<std::string> image_list(const data::Dataset& images);

/// 16 digits that change with the images, where they lie and their order.
std::string images_hash(const data::Dataset& images);

/// Declares `<use>_images`, how many there are, and `<use>_images_hash`.
void declare(const ImageUse& use, Manifest& manifest);

}  // namespace bitloom::pipelines
