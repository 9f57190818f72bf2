#include "pipelines/learn/images.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "base/error.h"
#include "models/data/split.h"

namespace bitloom::pipelines {
namespace {

std::vector<std::int64_t> first_indices(std::int64_t count) {
  std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
  std::iota(indices.begin(), indices.end(), std::int64_t{0});
  return indices;
}

std::vector<std::int64_t> chosen(const ImageChoice& choice, const data::Dataset& all) {
  std::vector<std::int64_t> indices =
      choice.split ? data::read_split(*choice.split, all.size()) : first_indices(all.size());
  if (choice.count)
    indices.resize(std::min(indices.size(), static_cast<std::size_t>(*choice.count)));
  return indices;
}

}  // namespace

Images load(const ImageChoice& choice, data::Part part) {
  Images images = data::make_dataset(choice.spec, part);
  if (choice.split || choice.count)
    images = std::make_shared<data::Subset>(images, chosen(choice, *images));
  if (images->size() == 0)
    throw UserError(fmt::format("{} {}: holds no images", choice.option, choice.spec));
  return images;
}

Images load_left_out(const ImageChoice& choice, data::Part part) {
  const Images images = data::make_dataset(choice.spec, part);
  std::vector<bool> is_chosen(static_cast<std::size_t>(images->size()));
  for (const std::int64_t index : chosen(choice, *images))
    is_chosen[static_cast<std::size_t>(index)] = true;
  std::vector<std::int64_t> left_out;
  for (std::int64_t i = 0; i < images->size(); ++i)
    if (!is_chosen[static_cast<std::size_t>(i)]) left_out.push_back(i);
  if (left_out.empty()) return nullptr;
  return std::make_shared<data::Subset>(images, std::move(left_out));
}

Images first_images(Images images, std::int64_t count) {
  if (count >= images->size()) return images;
  return std::make_shared<data::Subset>(std::move(images), first_indices(count));
}

void declare(const std::string& prefix, const std::optional<ImageChoice>& choice,
             Manifest& manifest) {
  const auto& [spec, split, count, option] = choice.value_or(ImageChoice{});
  manifest.option(prefix + "data", spec);
  manifest.option(prefix + "split", split);
  manifest.file(prefix + "split", split);
  manifest.option(prefix + "images", count);
  manifest.leave_out(option);
}

data::InputSize input_of(const graph::Graph& graph) {
  const graph::Shape& shape = graph.nodes().front().shape;
  return {shape[0], shape[1], shape[2]};
}

std::int64_t images_at_once(const data::InputSize& input) {
  constexpr std::int64_t kPixels = 100 * 32 * 32;
  return std::max<std::int64_t>(1, kPixels / (input.height * input.width));
}

}  // namespace bitloom::pipelines
