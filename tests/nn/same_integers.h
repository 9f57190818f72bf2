#pragma once

#include <gtest/gtest.h>

#include <map>
#include <span>
#include <vector>

#include "models/integer/network.h"
#include "models/torch/codes_network.h"

namespace bitloom::nn {

struct LayerIntegers {
  std::vector<std::int32_t> codes, accumulators;
};

inline std::vector<std::int32_t> to_integers(const Tensor& values) {
  const Tensor whole = values.to(torch::kInt32).contiguous();
  EXPECT_TRUE(torch::equal(whole.to(torch::kFloat64), values.to(torch::kFloat64)));
  return {whole.data_ptr<std::int32_t>(), whole.data_ptr<std::int32_t>() + whole.numel()};
}

/// What each layer reads and sums, by the integer engine.
inline std::map<std::size_t, LayerIntegers> integer_layers(const integer::IntegerNetwork& network,
                                                           std::span<const float> image,
                                                           std::vector<double>& outputs) {
  std::map<std::size_t, LayerIntegers> layers;
  const auto& steps = network.program().steps;
  outputs =
      network.run(image, integer::fastest_kernel(),
                  {.codes =
                       [&](const integer::LayerStep& layer, std::span<const std::int32_t> codes) {
                         layers[layer.layer].codes.assign(codes.begin(), codes.end());
                       },
                   .values =
                       [&](graph::NodeId node, std::span<const std::int32_t> values) {
                         if (const auto* layer = std::get_if<integer::LayerStep>(&steps[node].op))
                           layers[layer->layer].accumulators.assign(values.begin(), values.end());
                       }});
  return layers;
}

/// Runs `program` in both ways on `image` and compares every layer's codes and accumulators.
inline void expect_the_same_integers(const integer::Program& program, std::vector<float> image,
                                     const graph::Shape& input) {
  const integer::IntegerNetwork integers(program);
  const CodesNetwork codes(program);
  std::vector<double> outputs;
  const auto expected = integer_layers(integers, image, outputs);
  std::size_t seen = 0;
  const Tensor images = torch::from_blob(image.data(), {1, input[0], input[1], input[2]});
  const Tensor answers = codes.forward(
      images, [&](std::size_t layer, const Tensor& layer_codes, const Tensor& accumulators) {
        ++seen;
        EXPECT_EQ(to_integers(layer_codes), expected.at(layer).codes) << "layer " << layer;
        EXPECT_EQ(to_integers(accumulators), expected.at(layer).accumulators) << "layer " << layer;
      });
  EXPECT_EQ(seen, expected.size());
  ASSERT_EQ(answers.numel(), static_cast<std::int64_t>(outputs.size()));
  for (std::size_t i = 0; i < outputs.size(); ++i)
    EXPECT_EQ(answers.flatten()[static_cast<std::int64_t>(i)].item<double>(), outputs[i]);
}

}  // namespace bitloom::nn
