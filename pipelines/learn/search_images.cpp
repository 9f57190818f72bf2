#include "pipelines/learn/search_images.h"

#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "models/data/draw.h"
#include "pipelines/learn/used_images.h"

namespace bitloom::pipelines {
namespace {

constexpr std::int64_t kMostCalibrating = 256;
constexpr std::int64_t kFinalOfGenerated = 2000;
/// The part of a data set's images that it may hold twice; more are the same images under another
/// name.
constexpr double kTwice = 0.01;

}  // namespace

void require_unseen(const SearchImages& images, const data::Dataset& others,
                    const std::string& option) {
  std::map<std::uint64_t, std::int64_t> final;
  for (std::int64_t i = 0; i < images.final->size(); ++i)
    final.emplace(images.final->fingerprint(i), i);
  std::int64_t seen = 0;
  for (std::int64_t i = 0; i < others.size(); ++i) {
    const auto found = final.find(others.fingerprint(i));
    if (found == final.end()) continue;
    const std::string place = others.place(i), there = images.final->place(found->second);
    if (place != there && ++seen <= kTwice * static_cast<double>(others.size())) continue;
    throw UserError(fmt::format(
        "{}: {} is also among the images of the final figures{}, which must be seen nowhere else; "
        "give splits or files without it",
        option, place, place == there ? "" : fmt::format(" ({})", there)));
  }
}

SearchImages load(const SearchImageChoice& choice, const Host& host) {
  const ImageChoice& data = choice.data;
  const bool is_generated = data::is_generated(data.spec);
  SearchImages images;
  Images rest;
  const Images all = load(data, data::Part::kValidation, host);
  if (is_generated || choice.test) {
    images.reward = drawn_images(all, choice.reward);
    rest = load(choice.test.value_or(data), data::Part::kTest, choice.test ? host : Host{});
  } else {
    if (all->size() <= choice.reward)
      throw UserError(fmt::format(
          "--reward-images {}: {} has {} images, and the final figures need others; give fewer, or "
          "--test-data",
          choice.reward, data.spec, all->size()));
    data::Drawn drawn = data::draw(all, choice.reward);
    images.reward = std::move(drawn.taken);
    rest = std::move(drawn.left);
  }
  if (choice.final)
    images.final = asked_images(rest, *choice.final, "--final-images", host);
  else
    images.final = drawn_images(rest, is_generated ? kFinalOfGenerated : rest->size());
  if (!is_generated) require_unseen(images, *images.reward, "--data");
  images.calibration =
      drawn_images(is_generated ? load(data, data::Part::kTrain) : images.reward, kMostCalibrating);
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
  declare({"reward", *images.reward}, manifest);
  declare({"final", *images.final}, manifest);
  manifest.note("images_list", kImagesFile);
}

}  // namespace bitloom::pipelines
