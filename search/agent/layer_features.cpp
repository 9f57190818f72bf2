#include "search/agent/layer_features.h"

#include <algorithm>
#include <cmath>

namespace bitloom::search {
namespace {

LayerFeatures unscaled_features(const graph::LayerShape& layer, std::size_t index) {
  const bool is_linear = layer.kind == graph::LayerKind::kLinear;
  const auto number = [](auto value) { return static_cast<float>(value); };
  return {number(layer.kind == graph::LayerKind::kDepthwise),
          number(layer.in_channels),
          number(layer.out_channels),
          number(is_linear ? 0 : layer.stride.height),
          number(layer.kernel.height),
          number(layer.weights()),
          number(layer.input.height * layer.input.width),
          number(index)};
}

void scale_column(std::vector<LayerFeatures>& rows, std::size_t column) {
  const auto [least, most] = std::minmax_element(
      rows.begin(), rows.end(),
      [&](const LayerFeatures& a, const LayerFeatures& b) { return a[column] < b[column]; });
  const float low = (*least)[column], range = (*most)[column] - low;
  for (LayerFeatures& row : rows) row[column] = range > 0 ? (row[column] - low) / range : 0;
}

}  // namespace

std::vector<LayerFeatures> layer_features(const std::vector<graph::LayerShape>& layers) {
  std::vector<LayerFeatures> rows;
  for (std::size_t i = 0; i < layers.size(); ++i) rows.push_back(unscaled_features(layers[i], i));
  for (std::size_t column = 0; column < LayerFeatures().size(); ++column)
    scale_column(rows, column);
  return rows;
}

int level_of(float action, std::size_t count) {
  const float place = static_cast<float>(count) * action - 0.5F;
  return std::clamp(static_cast<int>(std::lround(place)), 0, static_cast<int>(count) - 1);
}

}  // namespace bitloom::search
