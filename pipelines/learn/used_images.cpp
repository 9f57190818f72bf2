#include "pipelines/learn/used_images.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/csv_parser.h"
#include "base/hash.h"

namespace bitloom::pipelines {

std::string images_csv(const std::vector<ImageUse>& uses) {
  std::string text = "use,image\n";
  for (const auto& [use, images] : uses)
    for (std::int64_t i = 0; i < images.size(); ++i)
      text += fmt::format("{},{}\n", use, csv_cell(images.place(i)));
  return text;
}

std::vector<std::string> image_list(const data::Dataset& images) {
  std::vector<std::string> list;
  for (std::int64_t i = 0; i < images.size(); ++i) list.push_back(images.place(i));
  return list;
}

std::string images_hash(const data::Dataset& images) {
  Fnv1a hash;
  for (std::int64_t i = 0; i < images.size(); ++i)
    hash.add_part(images.place(i)).add_part(std::to_string(images.fingerprint(i)));
  return hash.text();
}

void declare(const ImageUse& use, Manifest& manifest) {
  manifest.fact(fmt::format("{}_images", use.use), use.images.size());
  manifest.fact(fmt::format("{}_images_hash", use.use), images_hash(use.images));
}

}  // namespace bitloom::pipelines
