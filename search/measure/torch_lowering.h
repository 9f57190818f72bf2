#pragma once

#include <map>
#include <memory>
#include <vector>

#include "models/data/loader.h"
#include "search/measure/lowered_operands.h"

namespace bitloom::nn {
class Network;
class QuantizedNetwork;
}  // namespace bitloom::nn

namespace bitloom::search {

/// `network`, calibrated with all operands at that width: an operand alone has its codes.
using NetworkAtBits = std::map<int, std::unique_ptr<nn::QuantizedNetwork>>;

/// A network with one operand lowered, on `batches`, by LibTorch. Weights are lowered with what
/// belongs to them, such as corrections of biases. The batches and the network outlive it. Passes
/// of all batches stand before the layer that was asked for last, which takes the memory of what
/// the layers from there on read.
std::unique_ptr<LoweredOperands> torch_lowering(nn::Network& network, NetworkAtBits at_bits,
                                                std::vector<data::Batch>& batches);

}  // namespace bitloom::search
