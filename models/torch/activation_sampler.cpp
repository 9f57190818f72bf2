#include "models/torch/activation_sampler.h"

#include <algorithm>

namespace bitloom::nn {

ActivationSampler::ActivationSampler(std::size_t layers, std::int64_t images,
                                     std::int64_t per_layer)
    : images_(images), per_layer_(per_layer), layers_(layers), seconds_(layers) {}

Tensor ActivationSampler::input(std::size_t layer, const Tensor& x) {
  Kept& of = layers_[layer];
  keep(x, of);
  const Tensor sums = x.detach()
                          .reshape({x.size(0), x.size(1), -1})
                          .sum(std::vector<std::int64_t>{0, 2}, false, torch::kFloat64);
  of.channel_sums = of.channel_sums.defined() ? of.channel_sums + sums : sums;
  of.positions += x.numel() / x.size(1);
  return x;
}

Tensor ActivationSampler::second_input(std::size_t layer, const Tensor& x) {
  keep(x, seconds_[layer]);
  return x;
}

void ActivationSampler::keep(const Tensor& x, Kept& of) const {
  const Tensor values = x.detach().flatten();
  const std::int64_t share = std::max<std::int64_t>(1, per_layer_ * x.size(0) / images_);
  const std::int64_t step = std::max<std::int64_t>(1, values.numel() / share);
  const Tensor smallest = values.min(), largest = values.max();
  of.smallest = of.smallest.defined() ? torch::minimum(of.smallest, smallest) : smallest;
  of.largest = of.largest.defined() ? torch::maximum(of.largest, largest) : largest;
  of.values.push_back(values.index({torch::indexing::Slice(0, {}, step)}).clone());
}

Tensor ActivationSampler::Kept::sample() const {
  std::vector<Tensor> all = values;
  all.push_back(torch::stack({smallest, largest}));
  return torch::cat(all);
}

Tensor ActivationSampler::channel_means(std::size_t layer) const {
  const Kept& of = layers_.at(layer);
  return (of.channel_sums / of.positions).to(torch::kFloat32);
}

}  // namespace bitloom::nn
