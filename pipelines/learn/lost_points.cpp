#include "pipelines/learn/lost_points.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/shares.h"
#include "models/data/split.h"
#include "models/quantizers/quantizer_table.h"

namespace bitloom::pipelines {
namespace {

constexpr std::int64_t kCompared = 250;
constexpr double kManyPoints = 5;

}  // namespace

bool could_be_post_trained(const nn::Quantization& how) {
  const std::string_view weights = nn::quantizer_scheme(how.scheme).weights.name;
  return how.post_training.empty() && (weights == "uniform" || weights == "least-error");
}

ComparedImages::ComparedImages(const Images& all) {
  const std::int64_t count = std::min(all->size(), kCompared);
  for (std::int64_t i = 0; i < count; ++i) indices_.push_back(i * all->size() / count);
  images_ = std::make_shared<data::Subset>(all, indices_);
}

nn::PairedDifference ComparedImages::lost_points(const nn::Accuracy& single,
                                                 const nn::Accuracy& quantized) const {
  nn::Accuracy same;  // the quantized answers to these images
  for (const std::int64_t index : indices_)
    same.is_right.push_back(quantized.is_right.at(static_cast<std::size_t>(index)));
  return nn::paired_difference_pct(single, same);
}

std::string post_training_hint(const std::string& who, const nn::PairedDifference& lost_points) {
  const auto range = range_of_differences(lost_points.value, lost_points.images);
  const double least = lost_points.standard_error > 0 || !range
                           ? lost_points.value - 2 * lost_points.standard_error
                           : range->least_pct;
  if (least <= kManyPoints) return "";
  return fmt::format(
      "{} is about {:.0f} points of top-1 below single precision:\n"
      "--ptq good chooses levels that usually lose less, without training\n",
      who, lost_points.value);
}

}  // namespace bitloom::pipelines
