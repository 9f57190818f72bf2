#include "pipelines/learn/images.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "models/data/draw.h"
#include "models/data/image_file.h"
#include "models/data/split.h"

namespace bitloom::pipelines {
namespace {

/// The images that a choice's split lists, or all.
Images listed(const ImageChoice& choice, const Images& all) {
  if (!choice.split) return all;
  return std::make_shared<data::Subset>(all, data::read_split(*choice.split, all->size()));
}

Images unlisted(const ImageChoice& choice, const Images& all) {
  std::vector<bool> is_listed(static_cast<std::size_t>(all->size()), !choice.split);
  if (choice.split)
    for (const std::int64_t index : data::read_split(*choice.split, all->size()))
      is_listed[static_cast<std::size_t>(index)] = true;
  std::vector<std::int64_t> others;
  for (std::int64_t i = 0; i < all->size(); ++i)
    if (!is_listed[static_cast<std::size_t>(i)]) others.push_back(i);
  return std::make_shared<data::Subset>(all, std::move(others));
}

/// `--images` of `--data`, `--test-images` of `--test-data`.
std::string count_option(const ImageChoice& choice) {
  constexpr std::string_view kData = "data";
  return choice.option.substr(0, choice.option.size() - kData.size()) + "images";
}

struct AugmentationName {
  data::Augmentation augmentation;
  const char* name;
};
constexpr AugmentationName kAugmentations[] = {{data::Augmentation::kNone, "none"},
                                               {data::Augmentation::kPadCropFlip, "crop"},
                                               {data::Augmentation::kRandomResizedCrop, "resized"}};

}  // namespace

Images load(const ImageChoice& choice, data::Part part, const Host& host) {
  Images images = data::make_dataset(choice.spec, part);
  if (images->skipped() > 0 && host.warning)
    host.warning(fmt::format("{} {}: {} files that are no images ({}) are left out", choice.option,
                             choice.spec, images->skipped(), data::image_endings()));
  images = listed(choice, images);
  if (choice.count) images = asked_images(images, *choice.count, count_option(choice), host);
  if (images->size() == 0)
    throw UserError(fmt::format("{} {}: holds no images", choice.option, choice.spec));
  return images;
}

Images load_left_out(const ImageChoice& choice, data::Part part) {
  const Images all = data::make_dataset(choice.spec, part);
  Images left = unlisted(choice, all);
  if (left->size() == 0 && choice.count) {
    const Images from = listed(choice, all);
    left = data::draw(from, std::min(*choice.count, from->size())).left;
  }
  return left->size() > 0 ? left : nullptr;
}

Images drawn_images(Images images, std::int64_t count) {
  return count >= images->size() ? std::move(images) : data::draw(images, count).taken;
}

Images asked_images(Images images, std::int64_t count, const std::string& option,
                    const Host& host) {
  if (count > images->size() && host.warning)
    host.warning(
        fmt::format("{} {}: there are {}, and all are taken", option, count, images->size()));
  return drawn_images(std::move(images), count);
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

std::string to_text(data::Augmentation augmentation) {
  for (const AugmentationName& each : kAugmentations)
    if (each.augmentation == augmentation) return each.name;
  ensure(false, "every augmentation has a name");
  return "";
}

data::Augmentation parse_augmentation(const std::string& name) {
  std::vector<std::string> known;
  for (const AugmentationName& each : kAugmentations) {
    if (each.name == name) return each.augmentation;
    known.emplace_back(each.name);
  }
  throw unknown_name("augmentation", name, known);
}

data::InputSize input_of(const graph::Graph& graph) {
  return data::InputSize::of(graph.nodes().front().shape);
}

std::int64_t images_at_once(const data::InputSize& input) {
  constexpr std::int64_t kPixels = 100 * 32 * 32;
  constexpr std::int64_t kMost = 1024;  // of inputs of a few values
  return std::clamp<std::int64_t>(kPixels / (input.height * input.width), 1, kMost);
}

}  // namespace bitloom::pipelines
