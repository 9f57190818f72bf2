#pragma once

#include <optional>

#include "models/graph/layer_shape.h"
#include "sim/families/bitfusion/analytic.h"
#include "sim/families/bitfusion/counters.h"
#include "sim/kit/layer_cost.h"

namespace bitloom::analytic::bitfusion {

/// What only BitFusion knows of a priced layer.
struct LayerDetails {
  Mapping mapping;
  std::optional<cycle::bitfusion::Counters> counters = {};  // of the cycle engine
};

/// The energy of a mapping at the machine's constants.
cost::Energy energy_of(const LoopNest& nest, const Mapping& mapping,
                       const hardware::BitFusion& hardware);

/// What the layer costs for its batch when mapped so.
cost::LayerCost layer_cost(const graph::LayerShape& layer, const LoopNest& nest,
                           const Mapping& mapping, const hardware::BitFusion& hardware);

}  // namespace bitloom::analytic::bitfusion
