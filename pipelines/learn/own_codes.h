#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "models/integer/layer.h"
#include "models/torch/own_codes_network.h"
#include "pipelines/learn/evaluate.h"
#include "pipelines/learn/model_loading.h"

/// Networks of ONNX that quantize themselves. For the sources of this folder alone: it includes
/// LibTorch.
namespace bitloom::pipelines {

/// What a layer's hooks see as images of its shape, [images][in channels][height][width]: rows of a
/// linear layer along the height.
torch::Tensor layer_images(const graph::LayerShape& shape, const torch::Tensor& codes);

/// A network with the codes of its own file.
struct OwnCodes {
  std::vector<nn::OwnLayer> layers;
  /// By layer; null where the layer has no codes.
  std::vector<std::shared_ptr<const integer::IntegerLayer>> engines;

  /// The bits of each layer; kFloatBits where it has no codes.
  graph::Policy policy() const;
};

/// The codes of the weights' own file, where `choice` asks for them (`--bits model`) or for nothing
/// and the file has some. Warns of layers that have none, with the reason. A UserError where codes
/// are asked for and there are none, or together with another quantizer.
std::optional<OwnCodes> own_codes(const QuantizationChoice& choice, const LoadedWeights& weights,
                                  const Host& host);

/// The network, its layers' sums by bit-planes or by LibTorch.
std::shared_ptr<const nn::OwnCodesNetwork> own_codes_network(const OwnCodes& codes,
                                                             const LoadedWeights& weights,
                                                             Arithmetic arithmetic);

}  // namespace bitloom::pipelines
