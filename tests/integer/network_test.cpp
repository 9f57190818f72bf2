#include "models/integer/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "models/graph/zoo/zoo.h"
#include "models/operators/activation.h"
#include "models/operators/add.h"
#include "models/operators/batch_norm.h"
#include "models/operators/concat.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"
#include "models/operators/padded_subsample.h"
#include "models/operators/pool.h"
#include "models/operators/upsample.h"
#include "tests/integer/real_network.h"
#include "tests/support/random_network.h"

namespace bitloom::graph {
namespace {

/// What the zoo at hand does not have: windows cut by the border, averages that leave padding out,
/// SAME padding, dilation, groups, upsampling, additions of three, batch norm of a sum.
Graph every_operator() {
  Graph graph("every");
  const NodeId image = graph.add("image", Input{{4, 13, 11}}, {});
  const Window same{{3, 3}, {2, 2}, Padding::same(), {1, 1}};
  const Window cut{{3, 2}, {2, 2}, Padding::all(1), {1, 1}};
  const NodeId conv = graph.add("conv", Convolution{12, same, 2, true}, {image});
  const NodeId pooled = graph.add("average", Pool{PoolKind::kAverage, cut, true, false}, {conv});
  const NodeId padded = graph.add("padded", Pool{PoolKind::kAverage, cut, true, true}, {conv});
  const NodeId most = graph.add("most", Pool{PoolKind::kMax, cut, true}, {conv});
  const NodeId sum = graph.add("sum", Add{}, {pooled, padded, most});
  const NodeId norm = graph.add("norm", BatchNorm{}, {sum});
  const NodeId again = graph.add("again", Add{}, {norm, norm});
  const Shape shape = graph.node(again).shape;
  const Window dilated{{3, 3}, {1, 1}, Padding::all(2), {2, 2}};
  const NodeId deep = graph.add("deep", Convolution{24, dilated, 12}, {again});
  const NodeId large = graph.add("large", Upsample{{shape[1] + 3, 2 * shape[2]}}, {deep});
  const NodeId short_cut = graph.add("short", PaddedSubsample{2, 1, 3}, {large});
  const NodeId zero_norm = graph.add("zero_norm", BatchNorm{}, {short_cut});
  const NodeId six = graph.add("six", Activation{ActivationKind::kRelu6}, {zero_norm});
  const NodeId joined = graph.add("joined", Concat{}, {six, zero_norm});
  const NodeId flat = graph.add("flat", Flatten{}, {joined});
  graph.add("linear", Linear{7, true}, {flat});
  return graph;
}

}  // namespace
}  // namespace bitloom::graph

namespace bitloom::integer {
namespace {

using testing::NetworkDraw;

/// What an observer has seen of one image.
struct Seen {
  std::map<std::string, std::vector<std::int32_t>> codes;
  std::vector<std::vector<std::int32_t>> values;
};

Seen observed(const IntegerNetwork& network, const std::vector<float>& image, Kernel kernel) {
  Seen seen;
  network.run(image, kernel,
              {.codes =
                   [&](const LayerStep& layer, std::span<const std::int32_t> codes) {
                     seen.codes[layer.shape.name].assign(codes.begin(), codes.end());
                   },
               .values =
                   [&](graph::NodeId, std::span<const std::int32_t> values) {
                     seen.values.emplace_back(values.begin(), values.end());
                   }});
  return seen;
}

/// Integers within their bounds, and on their scales within `tensor`'s errors.
void expect_values(const Step& step, const std::vector<std::int32_t>& values,
                   const RealTensor& tensor) {
  ASSERT_EQ(values.size(), tensor.values.size()) << step.name;
  const std::size_t each = values.size() / step.scales.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t c = i / each;
    ASSERT_LE(std::abs(std::int64_t{values[i]}), step.bounds[c]) << step.name << " " << c;
    const double slack = 1e-9 * (std::fabs(tensor.values[i]) + tensor.errors[i]);
    ASSERT_NEAR(values[i] * step.scales[c], tensor.values[i], tensor.errors[i] + slack)
        << step.name << " channel " << c;
  }
}

/// Each code is the real number that the layer reads, rounded: by at most a half and its error.
void expect_codes(const QuantizedLayer& layer, const std::vector<std::int32_t>& codes,
                  const RealTensor& input) {
  const double lowest = layer.activation_type.lowest(), highest = layer.activation_type.highest();
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const double real = input.values[i] / layer.activation_scaling.scales[0];
    const double error = 0.5 + 1.000001 * input.errors[i] / layer.activation_scaling.scales[0] +
                         1e-9 * std::fabs(real);
    ASSERT_NEAR(codes[i], std::clamp(real, lowest, highest), error) << layer.name;
  }
}

void expect_real_network(const graph::Graph& graph, const graph::Policy& policy,
                         std::uint64_t seed) {
  NetworkDraw draw(seed);
  const auto [layers, parameters] = draw.network(graph, policy);
  const IntegerNetwork network(lower(graph, layers, parameters));
  const std::vector<float> image = draw.image(graph);
  const Seen seen = observed(network, image, fastest_kernel());
  const Program& program = network.program();
  const auto real = real_values({graph, layers, parameters}, program, image, seen.codes);
  ASSERT_EQ(seen.values.size(), real.size());
  for (std::size_t id = 0; id < real.size(); ++id) {
    expect_values(program.steps[id], seen.values[id], real[id]);
    if (const auto* op = std::get_if<LayerStep>(&program.steps[id].op))
      expect_codes(layers[op->layer], seen.codes.at(op->shape.name),
                   real[program.steps[id].inputs[0]]);
    if (::testing::Test::HasFatalFailure()) return;
  }
  const auto [least, most] =
      std::minmax_element(seen.values.back().begin(), seen.values.back().end());
  EXPECT_NE(*least, *most) << "all outputs are equal";
}

graph::Policy mixed_policy(const graph::Graph& graph, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  graph::Policy policy(graph::layers_of(graph).size());
  for (graph::Precision& precision : policy)
    precision = {static_cast<int>(1 + random() % 8), static_cast<int>(1 + random() % 8)};
  return policy;
}

class Zoo : public ::testing::TestWithParam<std::pair<const char*, std::int64_t>> {};

TEST_P(Zoo, ComputesTheQuantizedNetworkUpToItsRoundings) {
  const auto& [name, size] = GetParam();
  const graph::Graph graph = graph::make_network(name, {.image_size = graph::Extent{size, size}});
  expect_real_network(graph, mixed_policy(graph, 2), 3);
}

INSTANTIATE_TEST_SUITE_P(
    Networks, Zoo,
    ::testing::Values(std::pair{"resnet20", 16}, std::pair{"mobilenet_v1_0.75", 32},
                      std::pair{"mobilenet_v2", 32}, std::pair{"squeezenet_v1.1", 35},
                      std::pair{"densenet121", 32}, std::pair{"inception_v3", 75},
                      std::pair{"squeezenext_1.0", 32}),
    [](const auto& info) {
      std::string name = info.param.first;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

TEST(IntegerNetwork, ComputesEveryOperatorUpToItsRoundings) {
  const graph::Graph graph = graph::every_operator();
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    expect_real_network(graph, mixed_policy(graph, seed), seed);
    if (HasFatalFailure()) return;
  }
}

TEST(IntegerNetwork, GivesTheSameIntegersByEveryKernel) {
  const graph::Graph graph = graph::every_operator();
  NetworkDraw draw(5);
  const auto [layers, parameters] = draw.network(graph, mixed_policy(graph, 5));
  const IntegerNetwork network(lower(graph, layers, parameters));
  const std::vector<float> image = draw.image(graph);
  const Seen slowest = observed(network, image, Kernel::kPortable);
  for (const Kernel kernel : available_kernels()) {
    const Seen seen = observed(network, image, kernel);
    EXPECT_EQ(seen.codes, slowest.codes) << to_text(kernel);
    EXPECT_EQ(seen.values, slowest.values) << to_text(kernel);
  }
}

TEST(IntegerNetwork, GivesTheValuesOfEveryOutput) {
  graph::Graph graph("two");
  const graph::NodeId image = graph.add("image", graph::Input{{1, 2, 2}}, {});
  const graph::NodeId conv = graph.add("conv", graph::Convolution{2, {}}, {image});
  const graph::NodeId relu = graph.add("relu", graph::Activation{}, {conv});
  graph.add_output("signed", conv);
  graph.add_output("positive", relu);
  NetworkDraw draw(7);
  const auto [layers, parameters] = draw.network(graph, {{4, 4}});
  const IntegerNetwork network(lower(graph, layers, parameters));
  const std::vector<double> outputs = network.run(draw.image(graph), fastest_kernel());
  ASSERT_EQ(outputs.size(), 16u);
  EXPECT_LT(*std::min_element(outputs.begin(), outputs.begin() + 8), 0);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(outputs[8 + i], std::max(0.0, outputs[i]));
}

TEST(IntegerNetwork, RunsImagesOneAfterTheOther) {
  const graph::Graph graph = graph::make_network("resnet20", {.image_size = graph::Extent{8, 8}});
  NetworkDraw draw(6);
  const auto [layers, parameters] = draw.network(graph, graph::uniform_policy(20, {4, 4}));
  const IntegerNetwork network(lower(graph, layers, parameters));
  std::vector<float> images;
  std::vector<double> expected;
  for (int i = 0; i < 3; ++i) {
    const std::vector<float> image = draw.image(graph);
    images.insert(images.end(), image.begin(), image.end());
    const std::vector<double> outputs = network.run(image, fastest_kernel());
    EXPECT_EQ(outputs.size(), 10u);
    expected.insert(expected.end(), outputs.begin(), outputs.end());
  }
  EXPECT_EQ(network.run(images, fastest_kernel()), expected);
  images.pop_back();
  EXPECT_THROW(network.run(images, fastest_kernel()), InternalError);
}

}  // namespace
}  // namespace bitloom::integer
