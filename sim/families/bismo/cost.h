#pragma once

#include <optional>

#include "models/graph/layer_shape.h"
#include "sim/families/bismo/actions.h"
#include "sim/families/bismo/counters.h"
#include "sim/kit/layer_cost.h"

namespace bitloom::cost {

/// What only BISMO knows of a priced layer.
struct LayerDetails {
  Actions actions;
  std::optional<cycle::Counters> counters = {};  // of the cycle engine
};

/// The cost of `layer` by an engine's timing and its actions.
LayerCost complete(const graph::LayerShape& layer, const mapping::Mapping& mapping,
                   const Actions& actions, const Timing& timing, const hardware::Bismo& hardware,
                   std::int64_t batch);

}  // namespace bitloom::cost
