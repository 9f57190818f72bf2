#pragma once

#include <cstddef>
#include <functional>

#include "models/torch/post_training/post_training_table.h"
#include "models/torch/torch.h"

namespace bitloom::nn {

class QuantizedNetwork;

/// Layers done and of how many.
using LayerProgress = std::function<void(std::size_t done, std::size_t of)>;

/// Chooses the levels of a quantized network's operands, layer after layer, so that each layer's
/// output comes close to what it is in single precision, on `images` [n][channels][height][width],
/// which need no labels. Each layer sees the inputs that the quantized layers before it give, so
/// that it makes up for their errors as well. What it chooses is the quantizers' state.
///
/// Weights whose quantizer is not FittableWeights keep its levels. A UserError names the layer
/// whose input is not finite.
void post_train(QuantizedNetwork& network, const PostTraining& method, const torch::Tensor& images,
                const LayerProgress& progress = {});

/// The levels that each operand would get if it alone had few bits: from inputs in single
/// precision, whatever the other operands are. Roundings are the method's own, none are learned
/// over blocks. Otherwise as post_train().
void fit_operands_alone(QuantizedNetwork& network, const PostTraining& method,
                        const torch::Tensor& images, const LayerProgress& progress = {});

}  // namespace bitloom::nn
