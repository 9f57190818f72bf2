#pragma once

#include <string>
#include <vector>

#include "pipelines/choices.h"
#include "reports/apq_table.h"

namespace bitloom::pipelines {

/// Prices layers as APQ's table has them (Wang et al., CVPR 2020): the first as `head` and the last
/// as `tail`, both at 8/8; those between under their keys, `-W{w}A{a}` behind them, at the pairs of
/// bits at which they can be mapped. Layers of one key stand there once.
reports::ApqTable apq_table(const std::vector<graph::LayerShape>& layers,
                            const hardware::Hardware& machine, const std::vector<int>& weight_bits,
                            const std::vector<int>& activation_bits, const EngineChoice& engine,
                            const Host& host);

}  // namespace bitloom::pipelines
