#include "pipelines/learn/search_images.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/random.h"
#include "models/data/split.h"

namespace bitloom::pipelines {
namespace {

constexpr std::int64_t kMostCalibrating = 256;
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

void require_unseen(const SearchImages& images, const data::Dataset& others,
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

SearchImages load(const SearchImageChoice& choice) {
  const ImageChoice& data = choice.data;
  const bool is_generated = data::is_generated(data.spec);
  SearchImages images;
  Images rest;
  const Images all = load(data, data::Part::kValidation);
  if (is_generated || choice.test) {
    images.reward = take(all, choice.reward);
    rest = load(choice.test.value_or(data), data::Part::kTest);
  } else {
    if (all->size() <= choice.reward)
      throw UserError(fmt::format(
          "--reward-images {}: {} has {} images, and the final figures need others; give fewer, or "
          "--test-data",
          choice.reward, data.spec, all->size()));
    Parted parted = take_some(all, choice.reward);
    images.reward = std::move(parted.taken);
    rest = std::move(parted.left);
  }
  images.final = take(rest, choice.final.value_or(is_generated ? kFinalOfGenerated : rest->size()));
  if (!is_generated) require_unseen(images, *images.reward, "--data");
  images.calibration =
      take(is_generated ? load(data, data::Part::kTrain) : images.reward, kMostCalibrating);
  const auto text = [](const Images& some, const std::string& spec, const char* part) {
    return fmt::format("{} {}images of {}", some->size(), part, spec);
  };
  images.reward_text = text(images.reward, data.spec, is_generated ? "validation " : "");
  images.final_text = text(images.final, choice.test ? choice.test->spec : data.spec,
                           is_generated  ? "test "
                           : choice.test ? ""
                                         : "other ");
  return images;
}

void declare(const SearchImageChoice& choice, const SearchImages& images, Manifest& manifest) {
  const auto& [data, test, reward, final] = choice;
  manifest.leave_out(reward, final);  // in numbers that were found
  declare("", data, manifest);
  declare("test_", test, manifest);
  manifest.fact("reward_images", images.reward->size());
  manifest.fact("final_images", images.final->size());
}

}  // namespace bitloom::pipelines
