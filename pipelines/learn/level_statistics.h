#pragma once

#include "models/torch/quantized_network.h"
#include "pipelines/learn/images.h"
#include "reports/results/level_statistics.h"

namespace bitloom::pipelines {

/// How the levels of each layer's operands lie over their values: all weights, and the activations
/// that layers read on `images`, of each layer some 2^18, spread evenly.
std::vector<reports::LayerStatistics> level_statistics(nn::QuantizedNetwork& network,
                                                       const Images& images,
                                                       const data::LoaderOptions& loading,
                                                       const Host& host);

}  // namespace bitloom::pipelines
