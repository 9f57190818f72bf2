#pragma once

#include <cstdint>
#include <vector>

#include "models/torch/network.h"

namespace bitloom::nn {

/// Collects what all layers read while a network runs, inputs and second inputs: at most
/// `per_layer` values of each, spread evenly, and the smallest and largest of all.
class ActivationSampler : public LayerHooks {
 public:
  ActivationSampler(std::size_t layers, std::int64_t images, std::int64_t per_layer = 1 << 18);
  torch::Tensor input(std::size_t layer, const torch::Tensor& x) override;
  torch::Tensor second_input(std::size_t layer, const torch::Tensor& x) override;
  /// The kept values of a layer's input, behind them the least and the greatest of all.
  torch::Tensor sample(std::size_t layer) const { return layers_.at(layer).sample(); }
  /// The same of its second input, where it multiplies two activations.
  torch::Tensor second_sample(std::size_t layer) const { return seconds_.at(layer).sample(); }
  /// The mean of each of its channels.
  torch::Tensor channel_means(std::size_t layer) const;

 private:
  struct Kept {
    std::vector<torch::Tensor> values;
    torch::Tensor smallest, largest;
    torch::Tensor channel_sums;
    std::int64_t positions = 0;  // summed in each channel
    torch::Tensor sample() const;
  };
  void keep(const torch::Tensor& x, Kept& of) const;

  std::int64_t images_, per_layer_;
  std::vector<Kept> layers_, seconds_;
};

}  // namespace bitloom::nn
