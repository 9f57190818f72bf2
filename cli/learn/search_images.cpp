#include "cli/learn/search_images.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"
#include "models/data/split.h"

namespace bitloom::cli {
namespace {

using Images = std::shared_ptr<const data::Dataset>;

constexpr std::int64_t kCalibrationImages = 256;
constexpr std::int64_t kMostImages = 1'000'000'000;
constexpr std::int64_t kFinalOfGenerated = 2000;

struct Parted {
  Images taken, left;
};

/// Takes `count` images at random, always the same ones: sets may be sorted by class, or go through
/// the classes in turn.
Parted take_some(const Images& images, std::int64_t count) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(images->size()));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::mt19937_64 random;
  shuffle(order, random);
  const auto middle = order.begin() + count;
  std::sort(order.begin(), middle);
  std::sort(middle, order.end());
  return {std::make_shared<data::Subset>(images, std::vector(order.begin(), middle)),
          std::make_shared<data::Subset>(images, std::vector(middle, order.end()))};
}

Images take(const Images& images, std::int64_t count) {
  return count >= images->size() ? images : take_some(images, count).taken;
}

}  // namespace

void SearchImagesOptions::add_to(CLI::App& command) {
  data.add_to(command, "",
              "images to search with; of files that come without --test-data, some are kept for "
              "the final figures");
  test.add_to(command, "test-", "images that the final figures are of, never searched with");
  command
      .add_option("--reward-images", reward_images, "images that each policy is measured on (500)")
      ->type_name("N");
  command
      .add_option("--final-images", final_images,
                  "images that the final figures are of (all; shapes32: 2,000)")
      ->type_name("N");
}

void SearchImagesOptions::require_unseen(const SearchImages& images, const data::Dataset& others,
                                         const std::string& option) {
  std::set<std::string> final;
  for (std::int64_t i = 0; i < images.final->size(); ++i) final.insert(images.final->place(i));
  for (std::int64_t i = 0; i < others.size(); ++i)
    if (final.count(others.place(i)))
      throw UserError(fmt::format(
          "{}: {} is also among the images of the final figures, which must be seen nowhere else; "
          "give splits or files without it",
          option, others.place(i)));
}

SearchImages SearchImagesOptions::load() const {
  test.require_consistent();
  const std::int64_t rewarded = parse_integer("--reward-images", reward_images, 1, kMostImages);
  const bool is_generated = data::is_generated(data.spec);
  SearchImages images;
  Images rest;
  const Images all = data.load(data::Part::kValidation);
  if (is_generated || test.is_given()) {
    images.reward = take(all, rewarded);
    rest = (test.is_given() ? test : data).load(data::Part::kTest);
  } else {
    if (all->size() <= rewarded)
      throw UserError(fmt::format(
          "--reward-images {}: {} has {} images, and the final figures need others; give fewer, or "
          "--test-data",
          rewarded, data.spec, all->size()));
    Parted parted = take_some(all, rewarded);
    images.reward = std::move(parted.taken);
    rest = std::move(parted.left);
  }
  const std::int64_t most = is_generated ? kFinalOfGenerated : kMostImages;
  images.final = take(
      rest, final_images ? parse_integer("--final-images", *final_images, 1, kMostImages) : most);
  if (!is_generated) require_unseen(images, *images.reward, "--data");
  images.calibration =
      take(is_generated ? data.load(data::Part::kTrain) : images.reward, kCalibrationImages);
  const auto text = [](const Images& some, const std::string& spec, const char* part) {
    return fmt::format("{} {}images of {}", some->size(), part, spec);
  };
  images.reward_text = text(images.reward, data.spec, is_generated ? "validation " : "");
  images.final_text = text(images.final, test.is_given() ? test.spec : data.spec,
                           is_generated      ? "test "
                           : test.is_given() ? ""
                                             : "other ");
  return images;
}

}  // namespace bitloom::cli
