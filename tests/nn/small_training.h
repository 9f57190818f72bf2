#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "models/operators/activation.h"
#include "models/operators/batch_norm.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"
#include "models/torch/training.h"

namespace bitloom::nn {

/// Images of one brightness, which is their class.
class Brightness : public data::Dataset {
 public:
  std::int64_t size() const override { return 24; }
  std::int64_t classes() const override { return 2; }
  data::Image image(std::int64_t index) const override {
    data::Image image(1, 4, 4);
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
      image.pixels[i] = static_cast<std::uint8_t>(100 * label(index) + 7 * i + index);
    return image;
  }
  std::int64_t label(std::int64_t index) const override { return index % 2; }
  std::string place(std::int64_t) const override { return "none"; }
};

inline graph::Graph small_graph() {
  using namespace graph;
  Graph graph("small");
  const Window window{{3, 3}, {1, 1}, Padding::all(1), {1, 1}};
  NodeId at = graph.add("input", Input{{1, 4, 4}}, {});
  at = graph.add("conv1", Convolution{4, window}, {at});
  at = graph.add("bn1", BatchNorm{}, {at});
  at = graph.add("relu1", Activation{}, {at});
  at = graph.add("pool", GlobalAveragePool{}, {at});
  at = graph.add("flatten", Flatten{}, {at});
  graph.add("linear", Linear{2}, {at});
  return graph;
}

inline TrainingData bright_images() {
  const auto all = std::make_shared<Brightness>();
  const data::LoaderOptions options{
      .input = {1, 4, 4}, .normalization = {}, .batch_size = 8, .threads = 0};
  return {all, options, all, options};
}

/// Sets the activations of `quantized` to random images.
inline void calibrate(QuantizedNetwork& quantized) {
  ActivationSampler sampler(quantized.network().layers(), 8);
  torch::manual_seed(1);
  quantized.network().forward(torch::rand({8, 1, 4, 4}), Mode::kInference, sampler);
  quantized.calibrate(sampler);
}

}  // namespace bitloom::nn
