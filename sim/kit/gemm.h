#pragma once

#include <cstdint>

#include "models/graph/layer_shape.h"

namespace bitloom::mapping {

/// A matrix product of `pixels x reduction` activations and `channels x reduction` weights.
struct Gemm {
  std::int64_t pixels;
  std::int64_t channels;
  std::int64_t reduction;
};

/// A layer as `count` equal products, run one after another.
struct LayerGemms {
  Gemm gemm;
  std::int64_t count;
};

/// Lowers a layer for a batch of images (docs/reference/timing.md, "Layer to GEMM").
LayerGemms lower(const graph::LayerShape& layer, std::int64_t batch);

}  // namespace bitloom::mapping
