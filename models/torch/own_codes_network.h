#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "models/torch/network.h"
#include "models/torch/own_layers.h"

namespace bitloom::nn {

/// A network of a file of ONNX that quantizes itself: layers with codes of their own are products
/// of integers, and all else is computed in real numbers as the file says. A layer gives
///
///     y = sum * (scale of the weights' channel * scale of the input) + bias
///
/// in double, rounded once to single precision. So it gives the same whatever computes the sums,
/// as long as that is exact.
class OwnCodesNetwork {
 public:
  /// Sums of products of a layer, [images][out channels][height][width] in double, of its input
  /// codes, [images][in channels][height][width]; of a linear layer [rows][out] of [rows][in].
  using Product = std::function<torch::Tensor(std::size_t layer, const torch::Tensor& codes)>;
  /// Sees a layer's input codes.
  using Observer = std::function<void(std::size_t layer, const torch::Tensor& codes)>;

  /// `layers` are own_layers() of the network's file. Without a product LibTorch computes the sums,
  /// in floats where they stay below 2^24, else in doubles.
  OwnCodesNetwork(std::shared_ptr<Network> network, std::vector<OwnLayer> layers,
                  Product product = {});

  /// Outputs [images][classes]. A UserError names a layer that reads values which are no codes of
  /// its type.
  torch::Tensor forward(const torch::Tensor& images, const Observer& observer = {}) const;
  /// The outputs of a network with any number of inputs and outputs, as Network::run().
  std::vector<torch::Tensor> run(const std::vector<torch::Tensor>& inputs,
                                 const Observer& observer = {}) const;

  const std::vector<OwnLayer>& layers() const { return layers_; }

 private:
  class Hooks;
  struct Constants {
    torch::Tensor weights;  // codes; float or double
    torch::Tensor scales;   // of sums, one for each output channel or one; double
  };

  std::shared_ptr<Network> network_;
  std::vector<OwnLayer> layers_;
  Product product_;
  std::vector<Constants> constants_;
};

}  // namespace bitloom::nn
