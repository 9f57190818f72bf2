#include "models/integer/levels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "models/integer/network.h"
#include "models/operators/activation.h"
#include "models/operators/batch_norm.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"
#include "tests/integer/reference.h"
#include "tests/support/random_network.h"

namespace bitloom::integer {
namespace {

using Numbers = std::vector<std::int32_t>;

TEST(LearnedLevels, CoefficientsAreRoundedToHalfAStepAndAddUpToTheirRoom) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> drawn(0, 0.3);
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<double> v(1 + random() % 7);
    for (double& each : v) each = drawn(random);
    const std::int32_t most = trial % 2 == 0 ? 255 : 85;
    const FixedPoint rounded = fixed_point(v, most);
    std::int32_t sum = 0;
    for (std::size_t k = 0; k < v.size(); ++k) {
      sum += std::abs(rounded.codes[k]);
      EXPECT_LE(std::fabs(v[k] - rounded.codes[k] * rounded.step), 0.5000001 * rounded.step);
    }
    EXPECT_LE(sum, most);
    EXPECT_GE(sum, most - std::ssize(v)) << "the codes use their room";
  }
  EXPECT_EQ(fixed_point(std::vector{0.0, 0.0}, 255).codes, (Numbers{0, 0}));
}

// The page's example: docs/reference/integer-arithmetic.md.
TEST(LearnedLevels, ThatAreWholeStepsStayAsTheyAre) {
  const FixedPoint rounded = fixed_point(std::vector{100 * 0.125, -154 * 0.125}, 255);
  EXPECT_EQ(rounded.codes, (Numbers{100, -154}));
  EXPECT_EQ(rounded.step, 0.125);
  const Numbers levels = levels_of({2, false, rounded.codes});
  EXPECT_EQ(levels, (Numbers{-154, -54, 0, 100}));
  const Numbers thresholds = level_thresholds(levels, rounded.step, std::vector{1.0});
  EXPECT_EQ(thresholds, (Numbers{-13, -4, 6}));
  Numbers code(1);
  to_levels(Numbers{3}, 1, thresholds, levels, code);
  EXPECT_EQ(code[0], 0);
}

TEST(LearnedLevels, AreTheSumsOfTheirCoefficients) {
  const PlaneCoefficients bits{2, false, {3, 10}}, signs{2, true, {3, 10, 4, -4}};
  EXPECT_EQ(levels_of(bits), (Numbers{0, 3, 10, 13}));
  EXPECT_EQ(levels_of(signs), (Numbers{-13, -7, 7, 13}));
  EXPECT_EQ(levels_of(signs, 1), (Numbers{-8, 0, 8}));
  EXPECT_EQ(type_of(bits, false), unsigned_codes(4));
  EXPECT_EQ(type_of(bits, true), signed_codes(5));
  EXPECT_EQ(type_of(signs, false), signed_codes(5));
}

TEST(LearnedLevels, TakeValuesToTheNearestAndOfTwoToTheLower) {
  const Numbers levels{-8, 0, 3, 10};
  const std::vector<double> scales{0.5, 0.25};
  const Numbers thresholds = level_thresholds(levels, 1, scales);
  EXPECT_EQ(thresholds, (Numbers{-8, 3, 13, -16, 6, 26}));
  Numbers values, codes(2 * 81);
  for (int channel = 0; channel < 2; ++channel)
    for (std::int32_t x = -40; x <= 40; ++x) values.push_back(x);
  to_levels(values, 2, thresholds, levels, codes);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double real = values[i] * scales[i / 81];
    for (const std::int32_t level : levels) {
      const double here = std::fabs(real - codes[i]), there = std::fabs(real - level);
      EXPECT_TRUE(here < there || (here == there && codes[i] <= level)) << real << " " << level;
    }
  }
}

graph::Graph small_network() {
  graph::Graph network("small");
  const graph::Window window{{3, 3}, {2, 1}, graph::Padding::all(1), {1, 1}};
  graph::NodeId at = network.add("image", graph::Input{{4, 7, 6}}, {});
  at = network.add("conv", graph::Convolution{8, window, 2, true}, {at});
  at = network.add("norm", graph::BatchNorm{}, {at});
  at = network.add("relu", graph::Activation{}, {at});
  at = network.add("deep", graph::Convolution{16, window, 8}, {at});
  at = network.add("flat", graph::Flatten{}, {at});
  network.add("linear", graph::Linear{5, true}, {at});
  return network;
}

/// Random learned levels in the places of a layer's codes.
class Levels {
 public:
  explicit Levels(std::uint64_t seed) : random_(seed) {}

  void replace_weights(QuantizedLayer& layer, std::int64_t channels) {
    PlaneCoefficients planes = coefficients(static_cast<std::size_t>(channels));
    const std::size_t each = layer.weights.size() / static_cast<std::size_t>(channels);
    for (std::size_t i = 0; i < layer.weights.size(); ++i)
      layer.weights[i] =
          planes.level(i / each, static_cast<std::uint32_t>(random_() % (1U << planes.planes)));
    layer.weight_type = type_of(planes, true);
    layer.weight_planes = std::move(planes);
  }

  void replace_activations(QuantizedLayer& layer) {
    PlaneCoefficients planes = coefficients(1);
    layer.activation_type = type_of(planes, false);
    layer.activation_scaling =
        scaling_of({3.0 / static_cast<double>(layer.activation_type.magnitude())});
    layer.activation_planes = std::move(planes);
  }

 private:
  PlaneCoefficients coefficients(std::size_t rows) {
    const int planes = 1 + static_cast<int>(random_() % 4);
    PlaneCoefficients drawn{planes, random_() % 2 == 0, {}};
    std::uniform_real_distribution<double> v(-0.2, 1);
    for (std::size_t row = 0; row < rows; ++row) {
      std::vector<double> real(static_cast<std::size_t>(planes));
      std::generate(real.begin(), real.end(), [&] { return v(random_); });
      const Numbers codes = fixed_point(real, 255).codes;
      drawn.values.insert(drawn.values.end(), codes.begin(), codes.end());
    }
    return drawn;
  }

  std::mt19937_64 random_;
};

struct NetworkRun {
  IntegerNetwork network;
  std::map<std::size_t, Numbers> codes;  // of each layer
  std::vector<Numbers> values;           // of each node
};

NetworkRun run_of(const graph::Graph& graph, std::uint64_t seed) {
  testing::NetworkDraw draw(seed);
  auto [layers, parameters] = draw.network(graph, graph::Policy(3, {4, 4}));
  Levels levels(seed);
  const auto shapes = graph::layers_of(graph);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if ((seed + i) % 4 != 0) levels.replace_weights(layers[i], shapes[i].out_channels);
    if ((seed + i) % 3 != 0) levels.replace_activations(layers[i]);
  }
  NetworkRun run{IntegerNetwork(lower(graph, layers, parameters)), {}, {}};
  run.network.run(draw.image(graph), fastest_kernel(),
                  {.codes =
                       [&](const LayerStep& layer, std::span<const std::int32_t> codes) {
                         run.codes[layer.layer].assign(codes.begin(), codes.end());
                       },
                   .values =
                       [&](graph::NodeId, std::span<const std::int32_t> values) {
                         run.values.emplace_back(values.begin(), values.end());
                       }});
  return run;
}

/// The nearest of the layer's levels to each value that it reads; either one where a value lies
/// between two.
void expect_nearest(const LayerStep& op, double level_scale, const Step& input,
                    const Numbers& values, const Numbers& codes) {
  const std::size_t pixels = values.size() / input.scales.size();
  const double between = 1e-6;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double real = values[i] * input.scales[i / pixels] / level_scale;
    const auto distance = [&](std::int32_t level) { return std::fabs(real - level); };
    const auto nearest = *std::min_element(
        op.levels.begin(), op.levels.end(),
        [&](std::int32_t a, std::int32_t b) { return distance(a) < distance(b); });
    ASSERT_LE(distance(codes[i]), distance(nearest) + between) << input.name;
  }
}

TEST(LearnedLevels, OfRandomLayersRunAsPlainLoopsOverTheirCodes) {
  const graph::Graph graph = small_network();
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const NetworkRun run = run_of(graph, seed);
    const auto& steps = run.network.program().steps;
    for (std::size_t id = 0; id < steps.size(); ++id) {
      const auto* op = std::get_if<LayerStep>(&steps[id].op);
      if (!op) continue;
      const Numbers& codes = run.codes.at(op->layer);
      const LayerSpecification spec{op->shape, op->window, op->weight_type, op->activation_type};
      const graph::Padding padding = graph::resolved_padding(op->window, op->shape.input);
      auto sums = reference_convolution(spec, padding.top, padding.left, op->weights, codes);
      const std::size_t pixels = sums.size() / op->biases.size();
      for (std::size_t i = 0; i < sums.size(); ++i)
        sums[i] = (op->negated[i / pixels] ? -sums[i] : sums[i]) + op->biases[i / pixels];
      ASSERT_EQ(widened(run.values[id]), sums) << seed << " " << steps[id].name;
      const graph::NodeId from = steps[id].inputs[0];
      if (!op->levels.empty())
        expect_nearest(*op, 3.0 / static_cast<double>(op->activation_type.magnitude()), steps[from],
                       run.values[from], codes);
    }
  }
}

// LQ-Nets, equation 6: a product of two sums of planes is the sum over pairs of planes of their
// coefficients' product times a count of bits.
TEST(LearnedLevels, MultiplyAsPairsOfPlanesTimesTheirCoefficients) {
  const PlaneCoefficients w{2, true, {31, 90, 7, 201}}, a{3, false, {12, 80, 163}};
  constexpr std::size_t kLength = 90, kFilters = 2;
  std::mt19937_64 random(4);
  std::vector<std::uint32_t> weights(kFilters * kLength), inputs(kLength);
  for (auto& pattern : weights) pattern = static_cast<std::uint32_t>(random() % 4);
  for (auto& pattern : inputs) pattern = static_cast<std::uint32_t>(random() % 8);
  Numbers weight_codes, codes;
  for (std::size_t i = 0; i < weights.size(); ++i)
    weight_codes.push_back(w.level(i / kLength, weights[i]));
  for (const std::uint32_t pattern : inputs) codes.push_back(a.level(0, pattern));
  const graph::LayerShape shape{.name = "linear",
                                .kind = graph::LayerKind::kLinear,
                                .in_channels = kLength,
                                .out_channels = kFilters};
  const IntegerLayer layer({shape, {}, type_of(w, true), type_of(a, false)}, weight_codes);
  const Numbers sums = layer.accumulate(codes, fastest_kernel());
  for (std::size_t filter = 0; filter < kFilters; ++filter) {
    std::int32_t sum = 0;
    for (int i = 0; i < w.planes; ++i)
      for (int j = 0; j < a.planes; ++j) {
        std::int32_t count = 0;
        for (std::size_t k = 0; k < kLength; ++k)
          count += ((weights[filter * kLength + k] >> i & 1) != 0 ? 1 : -1) *
                   static_cast<std::int32_t>(inputs[k] >> j & 1);
        sum += w.of_channel(filter)[static_cast<std::size_t>(i)] *
               a.values[static_cast<std::size_t>(j)] * count;
      }
    EXPECT_EQ(sums[filter], sum);
  }
}

}  // namespace
}  // namespace bitloom::integer
