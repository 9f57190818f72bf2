#include "models/onnx/inference/resized_sizes.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace bitloom::onnx {
namespace {

constexpr float kMostResized = 281474976710656.0F;  // 2^48

}  // namespace

std::int64_t scaled_size(std::int64_t size, float scale) {
  const float scaled = std::floor(static_cast<float>(size) * scale);
  const bool fits = scale > 0 && scaled <= kMostResized;
  return fits ? static_cast<std::int64_t>(scaled) : -1;
}

FittedSizes fitted_sizes(const Shape& from, const Shape& wanted, const std::string& policy) {
  if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller")
    throw unknown_name("keep_aspect_ratio_policy", policy,
                       {"stretch", "not_larger", "not_smaller"});
  FittedSizes fitted{wanted, {}};
  std::vector<float> scales;
  for (std::size_t i = 0; i < from.size(); ++i) {
    scales.push_back(static_cast<float>(wanted[i]) / static_cast<float>(from[i]));
    fitted.scales.push_back(static_cast<double>(wanted[i]) / static_cast<double>(from[i]));
  }
  if (policy == "stretch" || scales.empty()) return fitted;
  const float common = policy == "not_larger" ? *std::min_element(scales.begin(), scales.end())
                                              : *std::max_element(scales.begin(), scales.end());
  for (std::size_t i = 0; i < from.size(); ++i) {
    const float size = std::floor(common * static_cast<float>(from[i]) + 0.5F);
    fitted.sizes[i] = size >= 0 && size <= kMostResized ? static_cast<std::int64_t>(size) : -1;
    fitted.scales[i] = common;
  }
  return fitted;
}

}  // namespace bitloom::onnx
