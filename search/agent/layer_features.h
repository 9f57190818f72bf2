#pragma once

#include <array>
#include <vector>

#include "models/graph/layer_shape.h"

namespace bitloom::search {

/// What an agent sees of a layer (HAQ, Wang et al. 2019, arXiv:1811.08886, section 3.1): depthwise
/// or not, input and output channels, stride, kernel, weights, input pixels, the layer's index.
using LayerFeatures = std::array<float, 8>;

/// Those of each layer, scaled to [0, 1] over the layers.
std::vector<LayerFeatures> layer_features(const std::vector<graph::LayerShape>& layers);

/// HAQ's round((max - min + 1) action + min - 0.5), clamped to [min, max]: which of `count` levels
/// an action in [0, 1] means.
int level_of(float action, std::size_t count);

}  // namespace bitloom::search
