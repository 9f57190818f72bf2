#pragma once

#include "search/agent/autoq_environment.h"

namespace bitloom::nn {
class Network;
}

namespace bitloom::pipelines {

/// The standard deviation of each filter's weights; `layers` are the network's.
search::FilterDeviations filter_deviations(const nn::Network& network,
                                           const std::vector<graph::LayerShape>& layers);

}  // namespace bitloom::pipelines
