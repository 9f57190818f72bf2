#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "models/integer/network.h"
#include "models/operators/activation.h"
#include "models/operators/add.h"
#include "models/operators/batch_norm.h"
#include "models/operators/concat.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/input.h"
#include "models/operators/padded_subsample.h"
#include "models/operators/pool.h"

namespace bitloom::integer {
namespace {

using graph::NodeId;

constexpr graph::Window kPixel{};

/// A network that begins with a 1x1 convolution `conv`, for each test to go on from `at`.
struct Network {
  graph::Graph graph{"net"};
  NodeId image, at;
  std::vector<QuantizedLayer> layers;
  NetworkParameters parameters;

  explicit Network(graph::Shape shape, std::int64_t channels = 1,
                   CodeType weights = signed_codes(8), std::int32_t weight = 1,
                   CodeType activations = signed_codes(8))
      : image(graph.add("image", graph::Input{shape}, {})) {
    at = graph.add("conv", graph::Convolution{channels, kPixel}, {image});
    layers.push_back(
        {"conv", weights,
         std::vector<std::int32_t>(static_cast<std::size_t>(channels * shape[0]), weight),
         scaling_of({0.5}), activations, scaling_of({0.25})});
  }

  Step step(const std::string& name, graph::Operator op, std::vector<NodeId> inputs = {}) {
    at = graph.add(name, std::move(op), inputs.empty() ? std::vector{at} : std::move(inputs));
    return lowered().steps.back();
  }
  Program lowered() const { return lower(graph, layers, parameters); }

  std::string error() const {
    try {
      lowered();
    } catch (const UserError& refusal) {
      return refusal.what();
    }
    return "";
  }
};

TEST(Lowering, QuantizesTheImageAsTheFirstLayerThatReadsIt) {
  const Program program = Network({2, 1, 1}).lowered();
  EXPECT_EQ(std::get<QuantizeImage>(program.steps[0].op).type, signed_codes(8));
  EXPECT_EQ(program.steps[0].scales, (std::vector{0.25, 0.25}));
  EXPECT_EQ(program.steps[0].bounds, (std::vector<std::int64_t>{128, 128}));
  EXPECT_EQ(std::get<LayerStep>(program.steps[1].op).factors,
            (std::vector<Dyadic>(2, dyadic_from(1))));

  Network unread({1, 1, 1});
  unread.graph = graph::Graph("net");
  unread.layers.clear();
  unread.graph.add("image", graph::Input{{1, 1, 1}}, {});
  EXPECT_EQ(unread.error(),
            "network net: input 'image': no layer reads its values as they are, to say what its "
            "codes are");
  Network two({1, 1, 1});
  two.graph.add("other", graph::Input{{1, 1, 1}}, {});
  EXPECT_EQ(two.error(), "network net: input 'other': an integer network has one input, the first");
}

TEST(Lowering, BoundsAccumulatorsByTheirWeightsAndBias) {
  Network net({2, 1, 1}, 1, signed_codes(4), 1, unsigned_codes(4));
  net.layers[0].weights = {7, -8};
  EXPECT_EQ(net.lowered().steps[1].bounds, std::vector<std::int64_t>{120});  // 15 * -8
  EXPECT_EQ(net.lowered().steps[1].scales, std::vector{0.125});
  net.layers[0].activation_type = signed_codes(4);
  EXPECT_EQ(net.lowered().steps[1].bounds, std::vector<std::int64_t>{8 * 8 + 7 * 7});

  Network biased({1, 1, 1});
  biased.graph.add("next", graph::Convolution{1, kPixel, 1, true}, {biased.at});
  biased.layers.push_back({"next", bipolar_codes(), {-1}, {}, signed_codes(4), scaling_of({2})});
  biased.parameters.biases["next"] = {-5};
  const Step next = biased.lowered().steps[2];
  EXPECT_EQ(std::get<LayerStep>(next.op).biases, std::vector{-2});  // -2.5 rounded up
  EXPECT_EQ(next.bounds, std::vector<std::int64_t>{9});             // -7 - 2
  EXPECT_EQ(std::get<LayerStep>(next.op).factors, std::vector{dyadic_from(0.125 / 2)});
}

TEST(Lowering, GivesSharersTheirOwnersBiases) {
  Network net({1, 2, 2});
  const NodeId owner = net.graph.add("owner", graph::Convolution{1, kPixel, 1, true}, {net.at});
  net.graph.add("sharer", graph::Convolution{1, kPixel, 1, true, "owner"}, {owner});
  for (const char* name : {"owner", "sharer"})
    net.layers.push_back({name, signed_codes(4), {3}, {}, signed_codes(4), {}});
  net.parameters.biases["owner"] = {4};
  EXPECT_EQ(std::get<LayerStep>(net.lowered().steps[3].op).biases, std::vector{4});
}

TEST(Lowering, AddsOnOneScaleThatTakesTheLargestInputTo2ToThe29) {
  Network net({1, 1, 1});
  const Step sum = net.step("twice", graph::Add{}, {net.image, net.at});
  const double scale = 0.25 * 128 * 0x1p-29;  // the image's; conv reaches half of it
  EXPECT_EQ(sum.scales, std::vector{scale});
  EXPECT_EQ(std::get<Add>(sum.op).factors,
            (std::vector<std::vector<Dyadic>>{{dyadic_from(0x1p22)}, {dyadic_from(0x1p21)}}));
  EXPECT_EQ(sum.bounds, std::vector<std::int64_t>{(1 << 29) + (1 << 28)});
  // Three are added at a quarter of 2^30 each.
  const Step three = net.step("thrice", graph::Add{}, {net.image, net.image, net.image});
  EXPECT_EQ(three.scales, std::vector{2 * scale});
  EXPECT_EQ(three.bounds, std::vector<std::int64_t>{3 << 28});
}

TEST(Lowering, AddsNothingsToNothing) {
  Network net({1, 1, 1}, 1, signed_codes(8), 0);
  const Step sum = net.step("sum", graph::Add{}, {net.at, net.at});
  EXPECT_EQ(sum.bounds, std::vector<std::int64_t>{0});
  EXPECT_EQ(sum.scales, std::vector{1.0});
}

TEST(Lowering, ClampsRelu6AtSixOnEachScale) {
  Network net({1, 1, 1}, 1, signed_codes(8), 100);
  EXPECT_EQ(std::get<Clamp>(net.step("relu", graph::Activation{}).op).highest, std::vector{12800});
  const Step six = net.step("relu6", graph::Activation{graph::ActivationKind::kRelu6});
  EXPECT_EQ(std::get<Clamp>(six.op).highest, std::vector{48});
  EXPECT_EQ(six.bounds, std::vector<std::int64_t>{48});
}

TEST(Lowering, ShiftsBeforeSumsThatWouldExceed32Bits) {
  Network net({1, 64, 64});
  net.step("twice", graph::Add{}, {net.image, net.image});  // bound 2^30
  const Step mean = net.step("mean", graph::GlobalAveragePool{});
  EXPECT_EQ(std::get<AveragePool>(mean.op).shift, 12);  // 2^18 * 4096 = 2^30; 11 gives 2^31
  EXPECT_EQ(mean.bounds, std::vector<std::int64_t>{1 << 30});
  EXPECT_EQ(mean.scales, std::vector{0.25 * 128 * 0x1p-29});  // 2^12 / 4096
  EXPECT_TRUE(std::get<AveragePool>(mean.op).factors.empty());
}

TEST(Lowering, GivesPartialAveragesTheirFactors) {
  const graph::Window window{{2, 2}, {2, 2}, graph::Padding::all(1), {1, 1}};
  Network net({1, 3, 3});
  const Step whole = net.step("whole", graph::Pool{graph::PoolKind::kAverage, window});
  EXPECT_TRUE(std::get<AveragePool>(whole.op).factors.empty());
  EXPECT_EQ(whole.bounds, std::vector<std::int64_t>{4 * 128});
  net.at = 1;
  const Step inside =
      net.step("inside", graph::Pool{graph::PoolKind::kAverage, window, false, false});
  const Dyadic two = dyadic_from(2);
  EXPECT_EQ(std::get<AveragePool>(inside.op).factors,
            (std::vector{dyadic_from(4), two, two, dyadic_from(1)}));
  EXPECT_EQ(inside.scales, std::vector{0.125 / 4});
  EXPECT_EQ(inside.bounds, std::vector<std::int64_t>{4 * 128 + 1});
}

TEST(Lowering, KeepsScalesByChannelThroughConcatFlattenAndShortcut) {
  Network net({1, 2, 2});
  const Step padded = net.step("shortcut", graph::PaddedSubsample{2, 1, 2});
  EXPECT_EQ(padded.bounds, (std::vector<std::int64_t>{0, 128, 0, 0}));
  const Step joined = net.step("joined", graph::Concat{}, {net.image, 1});
  EXPECT_EQ(joined.scales, (std::vector{0.25, 0.125}));
  const Step flat = net.step("flat", graph::Flatten{});
  EXPECT_EQ(flat.scales, (std::vector{0.25, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.125}));
}

TEST(Lowering, RefusesAWindowInThePaddingAlone) {
  Network net({1, 2, 2});
  net.graph.add(
      "pool", graph::Pool{graph::PoolKind::kMax, {{1, 1}, {1, 1}, graph::Padding::all(1), {1, 1}}},
      {net.at});
  EXPECT_EQ(net.error(), "network net: max pool 'pool': a window lies in the padding alone");
}

TEST(Lowering, RefusesAccumulatorsAndValuesBeyond32Bits) {
  EXPECT_EQ(Network({1 << 17, 1, 1}, 1, signed_codes(8), 1, unsigned_codes(8)).error(),
            "layer 'conv' at 8/8: a sum of 131072 products needs 33 accumulator bits, 32 are "
            "available");
  Network largest({1 << 16, 1, 1}, 1, signed_codes(16), -(1 << 15), unsigned_codes(1));
  EXPECT_EQ(largest.error(),
            "network net: convolution 'conv': channel 0: values can reach 2147483648, 32-bit "
            "integers do not");
  Network shifted({1, 1, 1});
  shifted.graph.add("sum", graph::Add{}, {shifted.image, shifted.image});
  shifted.graph.add("bn", graph::BatchNorm{}, {2});
  shifted.parameters.batch_norms["bn"] = {{1}, {0.25 * 128 * 2}};  // 2^30 units
  EXPECT_EQ(shifted.error(),
            "network net: batch norm 'bn': channel 0: values can reach 2147483648, 32-bit "
            "integers do not");
}

TEST(Lowering, RefusesScalesThatAreNone) {
  const auto error_of = [](double activation_scale, std::vector<double> weight_scales) {
    Network net({1, 1, 1}, 2);
    net.layers[0].activation_scaling = scaling_of({activation_scale});
    net.layers[0].weight_scaling = scaling_of(std::move(weight_scales));
    return net.error();
  };
  EXPECT_EQ(error_of(0, {1}),
            "network net: layer 'conv': the activation scale must be a positive number, got 0");
  EXPECT_EQ(error_of(-1, {1}),
            "network net: layer 'conv': the activation scale must be a positive number, got -1");
  EXPECT_EQ(error_of(1, {1, 0}),
            "network net: layer 'conv': weight scales must be numbers other than 0, got 0");
  EXPECT_EQ(error_of(1, {1, 1, 1}), "network net: layer 'conv': needs 2 weight scales, got 3");
  EXPECT_EQ(error_of(1e-200, {1e-200}),
            "network net: convolution 'conv': channel 0: its scale must be a positive number, got "
            "0");
}

TEST(Lowering, NegatesSumsOfNegativeScales) {
  Network net({1, 1, 1}, 2);
  net.layers[0].weight_scaling = scaling_of({0.5, -0.25});
  const Program program = net.lowered();
  const Step& step = program.steps[net.at];
  EXPECT_EQ(std::get<LayerStep>(step.op).negated, (std::vector{false, true}));
  EXPECT_GT(step.scales[1], 0);
  EXPECT_EQ(step.scales[0], 2 * step.scales[1]);
}

TEST(Lowering, RefusesScalesAndZeroPointsThatTheArithmeticHasNot) {
  const auto error_of = [](Scaling weights, Scaling activations) {
    Network net({1, 1, 1}, 2);
    net.layers[0].weight_scaling = std::move(weights);
    net.layers[0].activation_scaling = std::move(activations);
    return net.error();
  };
  EXPECT_EQ(error_of({Granularity::kGroup, {1, 1}, {}, 32}, {}),
            "network net: layer 'conv': its weights have a scale for each 32 values of a channel; "
            "the integer arithmetic has one for each channel");
  EXPECT_EQ(error_of({}, {Granularity::kChannel, {1}}),
            "network net: layer 'conv': its activations have several scales; the integer "
            "arithmetic has one");
  EXPECT_EQ(error_of({Granularity::kChannel, {1, 1}, {0, 3}}, {}),
            "network net: layer 'conv': its weights have a zero point of 3; the integer "
            "arithmetic has 0");
  EXPECT_EQ(error_of({}, {Granularity::kTensor, {1}, {-128}}),
            "network net: layer 'conv': its activations have a zero point of -128; the integer "
            "arithmetic has 0");
  Network zero({1, 1, 1}, 2);
  zero.layers[0].weight_scaling = {Granularity::kChannel, {1, 1}, {0, 0}};
  EXPECT_EQ(zero.lowered().steps.size(), 2u);
}

TEST(Lowering, RefusesParametersThatAreMissingOrNoNumbers) {
  Network net({1, 1, 1}, 2);
  net.graph.add("bn", graph::BatchNorm{}, {net.at});
  const auto error_of = [&](AffineParameters parameters) {
    net.parameters.batch_norms["bn"] = std::move(parameters);
    return net.error();
  };
  EXPECT_EQ(net.error(), "network net: batch norm 'bn': has no parameters");
  EXPECT_EQ(error_of({{1}, {1, 1}}), "network net: batch norm 'bn': needs 2 scales, got 1");
  EXPECT_EQ(error_of({{1, 1}, {1, INFINITY}}),
            "network net: batch norm 'bn': shifts must be finite numbers, got inf");
  net.layers[0].activation_scaling = scaling_of({100});
  EXPECT_EQ(error_of({{1, 1e308}, {0, 0}}),
            "network net: batch norm 'bn': channel 1: its scale must be a positive number, got "
            "inf");

  Network biased({1, 1, 1});
  biased.graph.add("next", graph::Convolution{1, kPixel, 1, true}, {biased.at});
  biased.layers.push_back({"next", signed_codes(4), {3}, {}, signed_codes(4), {}});
  EXPECT_EQ(biased.error(), "network net: convolution 'next': has no biases");
  biased.parameters.biases["next"] = {1e10};
  EXPECT_EQ(biased.error(),
            "network net: convolution 'next': a bias of 10000000000 is 10000000000 accumulator "
            "units, beyond 32 bits");
  biased.parameters.biases["next"] = {0};
  biased.layers[1].activation_scaling = scaling_of({1e-12});
  EXPECT_EQ(biased.error(),
            "network net: convolution 'next': factor 125000000000 between scales: must be finite "
            "and less than 2^31 in magnitude");
}

}  // namespace
}  // namespace bitloom::integer
