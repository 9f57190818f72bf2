// Fake quantization against the integer engine: two convolutions and two requantizers, one program.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/graph/zoo/zoo.h"
#include "models/operators/activation.h"
#include "models/operators/convolution.h"
#include "models/operators/input.h"
#include "models/torch/code_arithmetic.h"
#include "tests/nn/same_integers.h"
#include "tests/support/random_network.h"

namespace bitloom::nn {
namespace {

graph::Policy random_policy(std::size_t layers, std::mt19937_64& random, int most) {
  std::uniform_int_distribution<int> bits(1, most);
  graph::Policy policy(layers);
  for (graph::Precision& each : policy) each = {bits(random), bits(random)};
  return policy;
}

struct NetworkCase {
  const char* network;
  std::int64_t image;
  int most_bits;
};

class OnNetwork : public ::testing::TestWithParam<NetworkCase> {};

TEST_P(OnNetwork, CodesAndAccumulatorsAreTheIntegerEnginesInEveryLayer) {
  const NetworkCase& c = GetParam();
  const graph::Graph graph =
      graph::make_network(c.network, {.image_size = graph::Extent{c.image, c.image}});
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    testing::NetworkDraw draw(seed);
    const auto policy = random_policy(graph::layers_of(graph).size(), draw.random(), c.most_bits);
    const testing::RandomNetwork drawn = draw.network(graph, policy);
    const auto program = integer::lower(graph, drawn.layers, drawn.parameters);
    expect_the_same_integers(program, draw.image(graph), graph.only_input().shape);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Zoo, OnNetwork,
    ::testing::Values(NetworkCase{"resnet20", 32, 8}, NetworkCase{"mobilenet_v1_0.75", 32, 8},
                      NetworkCase{"mobilenet_v2", 32, 8}, NetworkCase{"squeezenet_v1.1", 49, 8},
                      NetworkCase{"densenet121", 32, 8}, NetworkCase{"resnet18", 32, 10},
                      NetworkCase{"inception_v3", 75, 4}),
    [](const auto& info) {
      std::string name = info.param.network;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

TEST(OnNetworkOfTwoOutputs, ValuesAreTheIntegerEngines) {
  graph::Graph graph("two");
  const graph::NodeId image = graph.add("image", graph::Input{{1, 2, 2}}, {});
  const graph::NodeId conv = graph.add("conv", graph::Convolution{2, {}}, {image});
  const graph::NodeId relu = graph.add("relu", graph::Activation{}, {conv});
  graph.add_output("signed", conv);
  graph.add_output("positive", relu);
  testing::NetworkDraw draw(7);
  const testing::RandomNetwork drawn = draw.network(graph, {{4, 4}});
  const auto program = integer::lower(graph, drawn.layers, drawn.parameters);
  expect_the_same_integers(program, draw.image(graph), {1, 2, 2});
}

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
