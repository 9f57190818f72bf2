#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/data/dataset.h"

namespace bitloom::data {

// The sources behind make_dataset(), which says what each reads.

/// The records of all `paths`, one file after another.
std::unique_ptr<Dataset> load_cifar10(const std::vector<std::string>& paths);
std::unique_ptr<Dataset> load_cifar100(const std::vector<std::string>& paths);
std::unique_ptr<Dataset> load_idx(const std::string& images, const std::string& labels);
std::unique_ptr<Dataset> load_arrays(const std::string& inputs, const std::string& labels);
std::unique_ptr<Dataset> load_image_list(const std::string& csv);
std::unique_ptr<Dataset> load_image_folder(const std::string& folder);

}  // namespace bitloom::data
