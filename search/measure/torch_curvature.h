#pragma once

#include <memory>
#include <vector>

#include "models/data/loader.h"
#include "search/measure/loss_curvature.h"

namespace bitloom::nn {
class Network;
}

namespace bitloom::search {

/// The curvature of a network's mean loss on batches of equal size, by LibTorch. Both outlive it.
/// It may keep the graph of a batch's loss, which takes memory, while it lives.
std::unique_ptr<LossCurvature> torch_curvature(nn::Network& network,
                                               std::vector<data::Batch>& batches);

}  // namespace bitloom::search
