// Fake quantization against the integer engine: two convolutions and two requantizers, one program.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "models/graph/zoo/zoo.h"
#include "models/integer/network.h"
#include "models/nn/code_arithmetic.h"
#include "models/nn/codes_network.h"
#include "tests/support/random_network.h"

namespace bitloom::nn {
namespace {

using torch::Tensor;

struct LayerIntegers {
  std::vector<std::int32_t> codes, accumulators;
};

std::vector<std::int32_t> to_integers(const Tensor& values) {
  const Tensor whole = values.to(torch::kInt32).contiguous();
  EXPECT_TRUE(torch::equal(whole.to(torch::kFloat64), values.to(torch::kFloat64)));
  return {whole.data_ptr<std::int32_t>(), whole.data_ptr<std::int32_t>() + whole.numel()};
}

/// What each layer reads and sums, by the integer engine.
std::map<std::size_t, LayerIntegers> integer_layers(const integer::IntegerNetwork& network,
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
void expect_the_same_integers(const integer::Program& program, std::vector<float> image,
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

graph::Policy random_policy(std::size_t layers, std::mt19937_64& random, int most) {
  std::uniform_int_distribution<int> bits(1, most);
  graph::Policy policy(layers);
  for (graph::Precision& each : policy) each = {bits(random), bits(random)};
  return policy;
}

struct Case {
  const char* network;
  std::int64_t image;
  int most_bits;
};

class OnNetwork : public ::testing::TestWithParam<Case> {};

TEST_P(OnNetwork, CodesAndAccumulatorsAreTheIntegerEnginesInEveryLayer) {
  const Case& c = GetParam();
  const graph::Graph graph =
      graph::make_network(c.network, {.image_size = graph::Extent{c.image, c.image}});
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    testing::NetworkDraw draw(seed);
    const auto policy = random_policy(graph::layers_of(graph).size(), draw.random(), c.most_bits);
    const testing::RandomNetwork drawn = draw.network(graph, policy);
    const auto program = integer::lower(graph, drawn.layers, drawn.parameters);
    expect_the_same_integers(program, draw.image(graph), graph.nodes().front().shape);
  }
}

INSTANTIATE_TEST_SUITE_P(Zoo, OnNetwork,
                         ::testing::Values(Case{"resnet20", 32, 8},
                                           Case{"mobilenet_v1_0.75", 32, 8},
                                           Case{"mobilenet_v2", 32, 8},
                                           Case{"squeezenet_v1.1", 49, 8},
                                           Case{"densenet121", 32, 8}, Case{"resnet18", 32, 10},
                                           Case{"inception_v3", 75, 4}),
                         [](const auto& info) {
                           std::string name = info.param.network;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

/// floor(x m 2^-s + 1/2): the product has up to 62 bits.
std::int64_t exactly_scaled(std::int64_t x, integer::Dyadic factor) {
  const std::int64_t product = x * factor.mantissa;
  const std::int64_t half = factor.shift == 0 ? 0 : std::int64_t{1} << (factor.shift - 1);
  return (product + half) >> factor.shift;
}

TEST(CodeArithmetic, ScalesExactlyWhereDoublesCannotHoldTheProduct) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::int64_t> word(-2147483647, 2147483647);
  std::uniform_int_distribution<std::int32_t> mantissa(1 << 30, 2147483647);
  for (int trial = 0; trial < 200000; ++trial) {
    const int shift = trial % 63;
    integer::Dyadic factor{mantissa(random), shift};
    if (trial % 5 == 0) factor.mantissa = -factor.mantissa;
    // Half of the values lie next to a tie, where a rounded product would fall the wrong way.
    auto x = static_cast<double>(word(random) >> (trial % 31));
    if (shift > 1 && trial % 2 == 0)
      x = std::round(std::ldexp(static_cast<double>(2 * (trial % 1000) + 1), shift - 1) /
                     factor.mantissa);
    if (std::abs(x) > 2147483647.0) continue;
    const std::int64_t exact = exactly_scaled(static_cast<std::int64_t>(x), factor);
    double sum = 0;
    add_scaled(&x, 1, factor, &sum);
    if (std::abs(exact) < std::int64_t{1} << 53) {
      ASSERT_EQ(sum, static_cast<double>(exact));
    }
    float code = 0;
    constexpr integer::CodeRange kCodes{-32768, 65535};
    requantize(&x, 1, factor, kCodes, &code);
    ASSERT_EQ(code,
              static_cast<float>(std::clamp<std::int64_t>(exact, kCodes.lowest, kCodes.highest)))
        << x << " * " << factor.mantissa << " >> " << shift;
  }
}

TEST(CodeArithmetic, ShiftsDownRoundingHalfUp) {
  const std::vector<double> x{-6, -5, -3, -2, -1, 0, 1, 2, 3, 5, 6};
  std::vector<double> y(x.size());
  shift_down(x.data(), x.size(), 2, y.data());
  EXPECT_EQ(y, (std::vector<double>{-1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 2}));
  shift_down(x.data(), x.size(), 0, y.data());
  EXPECT_EQ(y, x);
}

}  // namespace
}  // namespace bitloom::nn
