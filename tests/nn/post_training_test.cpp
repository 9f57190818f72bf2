// Post-training: GPTQ against a plain optimal brain quantizer, blocks, and whole networks.
#include <gtest/gtest.h>

#include <cmath>

#include "models/graph/zoo/zoo.h"
#include "models/operators/activation.h"
#include "models/operators/add.h"
#include "models/operators/batch_norm.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"
#include "models/torch/post_training/blocks.h"
#include "models/torch/post_training/layer_fit.h"
#include "models/torch/post_training/output_matching.h"
#include "models/torch/post_training/post_training.h"
#include "models/torch/quantized_network.h"
#include "tests/nn/quantizer_tasks.h"
#include "tests/support/complaint.h"

namespace bitloom::nn {
namespace {

using testing::complaint;
using torch::Tensor;
using enum QuantizerTask::Granularity;

const LayerProduct kLinear = [](const LayerOperands& operands) {
  return torch::linear(operands.input, operands.weight, operands.bias);
};

/// A linear layer whose inputs are correlated, and differ between single precision and quantized.
struct LinearCase {
  graph::Operator op = graph::Linear{6};
  Tensor weight, real, quantized;

  explicit LinearCase(int seed) {
    torch::manual_seed(seed);
    const Tensor mix = torch::randn({20, 20});
    weight = torch::randn({6, 20});
    real = torch::randn({400, 20}).mm(mix).relu();
    quantized = (real + 0.1 * torch::randn({400, 20})).relu();
  }
  LayerCase layer() const { return {op, weight, {}, real, quantized, kLinear}; }
  double loss(const Tensor& weights) const {
    return (kLinear({quantized, weights, {}}) - kLinear({real, weight, {}}))
        .square()
        .mean()
        .item<double>();
  }
};

LeastErrorWeights quantizer_for(const Tensor& weight, int bits) {
  LeastErrorWeights quantizer(weights_of(bits, kChannel));
  quantizer.calibrate(weight);
  return quantizer;
}

/// Optimal brain quantization in a fixed order, as written down: the inverse of the Hessian of the
/// columns that are left is computed anew for each column.
Tensor brain_codes(Tensor aim, const Tensor& hessian, const Tensor& order, const Tensor& scale,
                   const LinearLevels& levels) {
  Tensor codes = torch::zeros_like(aim);
  const std::int64_t columns = aim.size(1);
  for (std::int64_t at = 0; at < columns; ++at) {
    const Tensor left = order.slice(0, at, columns);
    const Tensor inverse = torch::linalg_inv(hessian.index_select(0, left).index_select(1, left));
    const std::int64_t q = order[at].item<std::int64_t>();
    const Tensor column = aim.select(1, q);
    const Tensor code = (column / scale).round().clamp(levels.lowest, levels.highest);
    codes.select(1, q).copy_(code);
    const Tensor error = (column - code * scale) / inverse[0][0];
    const Tensor spread = torch::outer(error, inverse[0]);
    aim = aim.index_add(1, left, -spread);
  }
  return codes;
}

TEST(Gptq, EqualsOptimalBrainQuantizationColumnByColumn) {
  for (const int bits : {2, 3, 4}) {
    const LinearCase of(bits);
    const LeastErrorWeights weights = quantizer_for(of.weight, bits);
    const FittedLevels found = gptq(of.layer(), weights);
    const Tensor z = of.quantized.to(torch::kFloat64), x = of.real.to(torch::kFloat64);
    const Tensor w = of.weight.to(torch::kFloat64);
    const Tensor second = z.t().mm(z) / 400;
    const Tensor damping =
        (0.01 + 0.1 * 20 / 400) * second.diagonal().mean() * torch::eye(20, torch::kFloat64);
    const Tensor hessian = second + damping;
    const Tensor aim = (w.mm(x.t().mm(z) / 400) + w.mm(damping)).mm(torch::linalg_inv(hessian));
    const Tensor codes = brain_codes(aim, hessian, second.diagonal().argsort(0, true),
                                     found.scale.to(torch::kFloat64).flatten(), weights.levels());
    EXPECT_EQ((codes != found.codes).sum().item<int>(), 0) << bits << " bits";
    EXPECT_TRUE((found.aim / found.scale)
                    .round()
                    .clamp(weights.levels().lowest, weights.levels().highest)
                    .equal(found.codes));
  }
}

TEST(Gptq, LosesLessThanRoundingToNearest) {
  for (int seed = 0; seed < 5; ++seed) {
    const LinearCase of(seed);
    const LeastErrorWeights weights = quantizer_for(of.weight, 3);
    const FittedLevels found = gptq(of.layer(), weights),
                       near = round_to_nearest(of.layer(), weights);
    EXPECT_LT(of.loss(found.codes * found.scale), 0.9 * of.loss(near.codes * near.scale));
  }
}

TEST(Gptq, TakesEachGroupOfAConvolutionForItself) {
  torch::manual_seed(7);
  const graph::Operator op =
      graph::Convolution{6, {{3, 3}, {2, 2}, graph::Padding::all(1), {1, 1}}, 2};
  const Tensor weight = torch::randn({6, 2, 3, 3}), x = torch::randn({8, 4, 9, 9}).relu();
  const LayerProduct conv = [](const LayerOperands& operands) {
    return torch::conv2d(operands.input, operands.weight, operands.bias, 2, 1, 1, 2);
  };
  const LeastErrorWeights weights = quantizer_for(weight, 3);
  const FittedLevels both = gptq({op, weight, {}, x, x, conv}, weights);
  const graph::Operator half =
      graph::Convolution{3, {{3, 3}, {2, 2}, graph::Padding::all(1), {1, 1}}, 1};
  const Tensor second = weight.slice(0, 3, 6), its = x.slice(1, 2, 4);
  const LayerProduct plain = [](const LayerOperands& operands) {
    return torch::conv2d(operands.input, operands.weight, operands.bias, 2, 1);
  };
  const FittedLevels alone = gptq({half, second, {}, its, its, plain}, quantizer_for(second, 3));
  EXPECT_TRUE(both.codes.slice(0, 3, 6).equal(alone.codes));
  EXPECT_TRUE(both.scale.slice(0, 3, 6).allclose(alone.scale));
}

TEST(OutputMatching, GivesMeansAndGains) {
  const Tensor real = torch::tensor({1.0, 5.0, 3.0, 3.0}).reshape({2, 2});  // means 2, 4
  const Tensor quantized = torch::tensor({2.0, 4.0, 2.5, 4.0}).reshape({2, 2});
  EXPECT_TRUE(channel_means(real).equal(torch::tensor({2.0F, 4.0F})));
  // Deviations 1 and 1 of the real ones; 0.25 and 0 of the quantized ones.
  EXPECT_TRUE(variance_gains(real, quantized).equal(torch::tensor({2.0F, 1.0F})));
}

TEST(Blocks, AreResidualBlocksAndSingleLayers) {
  const graph::Graph resnet = graph::make_network("resnet20");
  const std::vector<Block> blocks = blocks_of(resnet);
  ASSERT_EQ(blocks.size(), 11U);  // the first layer, nine blocks, the last layer
  std::size_t next = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(blocks[i].first_layer, next);
    next += blocks[i].layers;
    EXPECT_EQ(blocks[i].from, i == 0 ? 0U : blocks[i - 1].to);
    EXPECT_EQ(blocks[i].layers, i == 0 || i == 10 ? 1U : 2U);
  }
  EXPECT_EQ(blocks.back().to, resnet.nodes().size() - 1);
  EXPECT_EQ(blocks_of(graph::make_network("mobilenet_v1")).size(), 28U);
  EXPECT_EQ(blocks_of(graph::make_network("vgg_small")).size(), 7U);
}

/// A residual block between two layers, its weights drawn.
std::shared_ptr<Network> small_network() {
  graph::Graph graph("small");
  const graph::Window window{{3, 3}, {1, 1}, graph::Padding::all(1), {1, 1}};
  const auto layer = [&](const std::string& name, std::int64_t channels, graph::NodeId from) {
    const auto conv = graph.add(name, graph::Convolution{channels, window}, {from});
    return graph.add(name + ".bn", graph::BatchNorm{}, {conv});
  };
  const auto relu = [&](const std::string& name, graph::NodeId from) {
    return graph.add(name, graph::Activation{graph::ActivationKind::kRelu}, {from});
  };
  const auto image = graph.add("image", graph::Input{{3, 8, 8}}, {});
  const auto first = relu("first.relu", layer("first", 8, image));
  const auto second = layer("third", 8, relu("second.relu", layer("second", 8, first)));
  const auto sum = relu("relu", graph.add("sum", graph::Add{}, {second, first}));
  const auto pooled = graph.add("pool", graph::GlobalAveragePool{}, {sum});
  const auto flat = graph.add("flat", graph::Flatten{}, {pooled});
  graph.add("fc", graph::Linear{5}, {flat});
  const auto parameters = initial_parameters(graph, 3);
  return std::make_shared<Network>(std::move(graph), parameters);
}

/// How far its outputs at 2/3 are from those in single precision, on the images that `method` saw.
double output_error(const char* method, Tensor* outputs = nullptr) {
  const torch::NoGradGuard no_gradient;
  const auto network = small_network();
  const graph::Policy policy(4, {2, 3});
  QuantizedNetwork quantized(network, {.scheme = "least-error", .policy = policy});
  torch::manual_seed(1);
  const Tensor images = torch::randn({96, 3, 8, 8});
  post_train(quantized, post_training_method(method), images);
  const Tensor real = network->forward(images), got = quantized.forward(images);
  if (outputs) *outputs = got;
  return (got - real).square().mean().item<double>();
}

TEST(PostTraining, OfMoreEffortIsNearerToSinglePrecision) {
  const double fast = output_error("fast"), good = output_error("good");
  EXPECT_LT(good, fast);
  EXPECT_LT(output_error("best"), good);
}

/// The weights of each layer on levels chosen for each operand alone, with inputs of so many bits.
std::vector<Tensor> weights_alone(int activation_bits) {
  const torch::NoGradGuard no_gradient;
  const auto network = small_network();
  QuantizedNetwork quantized(
      network, {.scheme = "least-error", .policy = graph::Policy(4, {2, activation_bits})});
  torch::manual_seed(1);
  fit_operands_alone(quantized, post_training_method("good"), torch::randn({96, 3, 8, 8}));
  std::vector<Tensor> weights;
  for (std::size_t i = 0; i < network->layers(); ++i)
    weights.push_back(quantized.weight_quantizer(i)->quantize(network->layer_weight(i)));
  return weights;
}

TEST(PostTraining, OfOperandsAloneMindsNoOtherOperand) {
  const std::vector<Tensor> beside_few = weights_alone(2), beside_many = weights_alone(8);
  ASSERT_EQ(beside_few.size(), 4U);
  for (std::size_t i = 0; i < beside_few.size(); ++i)
    EXPECT_TRUE(beside_few[i].equal(beside_many[i])) << "layer " << i;
}

TEST(PostTraining, IsAFunctionOfItsImages) {
  Tensor once, again;
  output_error("best", &once);
  torch::rand({17});
  output_error("best", &again);
  EXPECT_TRUE(once.equal(again));
}

TEST(PostTraining, NamesTheLayerWhoseInputIsNotFinite) {
  QuantizedNetwork quantized(small_network(),
                             {.scheme = "least-error", .policy = graph::Policy(4, {4, 4})});
  const Tensor images = torch::full({4, 3, 8, 8}, INFINITY);
  EXPECT_EQ(complaint([&] { post_train(quantized, post_training_method("fast"), images); }),
            "the input of layer 'first': not all values are finite, a quantizer cannot be "
            "calibrated");
}

TEST(PostTrainingTable, KnowsMethodsByNameAndPreset) {
  for (const PostTraining& method : post_training_methods()) {
    EXPECT_EQ(post_training_method(method.name).name, method.name);
    EXPECT_EQ(post_training_method(method.preset).name, method.name);
    EXPECT_LT(method.doc.size(), 100U);
  }
  EXPECT_EQ(complaint([] { post_training_method("gptqq"); }),
            "unknown post-training method 'gptqq': did you mean gptq? (known: fast, moments, good, "
            "gptq, best, adaround)");
}

}  // namespace
}  // namespace bitloom::nn
