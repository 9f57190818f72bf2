#pragma once

#include "sim/families/bismo/cost.h"
#include "sim/simulator.h"

namespace bitloom::testing {

/// What a layer costs on a BISMO overlay, with the actions that its family counts.
struct PricedOnBismo : cost::LayerCost {
  cost::Actions actions;
};

inline PricedOnBismo with_actions(const sim::LayerResult& result) {
  return {result.cost, result.details.as<cost::LayerDetails>().actions};
}

inline PricedOnBismo priced_on_bismo(const graph::LayerShape& layer, graph::Precision bits,
                                     const hardware::Bismo& hardware,
                                     const sim::Engine& engine = sim::analytic()) {
  return with_actions(sim::run(layer, bits, hardware, 1, {engine}));
}

}  // namespace bitloom::testing
