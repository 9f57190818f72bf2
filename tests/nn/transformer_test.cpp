// A transformer's products of two activations, quantized.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "models/onnx/import.h"
#include "models/operators/activation.h"
#include "models/operators/input.h"
#include "models/operators/matmul.h"
#include "models/torch/onnx_parameters.h"
#include "models/torch/post_training/post_training.h"
#include "models/torch/quantized_network.h"
#include "tests/onnx/model_builder.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::nn {
namespace {

using bitloom::testing::attribute;
using bitloom::testing::ModelBuilder;
using testing::complaint;
using Integers = std::vector<std::int64_t>;
constexpr std::int64_t kTokens = 6, kWidth = 8, kHeads = 2;

bitloom::onnx::Tensor drawn_values(const bitloom::onnx::Shape& dims) {
  const Tensor values = torch::randn(dims) / std::sqrt(static_cast<double>(dims.front()));
  return bitloom::onnx::tensor_of(
      std::vector<float>(values.data_ptr<float>(), values.data_ptr<float>() + values.numel()),
      dims);
}

/// An encoder's layer behind a layer norm, and a classifier of the tokens' mean, as PyTorch writes
/// them.
ModelBuilder encoder() {
  ModelBuilder m;
  m.input("x", {1, kTokens, kWidth}).constant("gain", drawn_values({kWidth}));
  m.add("LayerNormalization", {"x", "gain"}, {"norm"});
  m.integers("split", {1, kTokens, kHeads, kWidth / kHeads}).integers("join", {1, kTokens, kWidth});
  for (const std::string each : {"q", "k", "v"}) {
    m.constant("w" + each, drawn_values({kWidth, kWidth}));
    m.add("MatMul", {"norm", "w" + each}, {each + "_all"});
    m.add("Reshape", {each + "_all", "split"}, {each + "_heads"});
    const Integers order = each == "k" ? Integers{0, 2, 3, 1} : Integers{0, 2, 1, 3};
    m.add("Transpose", {each + "_heads"}, {each}, {attribute("perm", order)});
  }
  m.constant("root", bitloom::onnx::tensor_of(std::vector<float>{2}, {1}));
  m.add("MatMul", {"q", "k"}, {"scores"}).add("Div", {"scores", "root"}, {"scaled"});
  m.add("Softmax", {"scaled"}, {"shares"}).add("MatMul", {"shares", "v"}, {"mixed"});
  m.add("Transpose", {"mixed"}, {"rows"}, {attribute("perm", Integers{0, 2, 1, 3})});
  m.add("Reshape", {"rows", "join"}, {"joined"}).constant("wo", drawn_values({kWidth, kWidth}));
  m.add("MatMul", {"joined", "wo"}, {"projected"}).add("Add", {"projected", "x"}, {"sum"});
  m.add("ReduceMean", {"sum"}, {"mean"},
        {attribute("axes", Integers{1}), attribute("keepdims", 0)});
  m.constant("wc", drawn_values({kWidth, 5})).constant("bc", drawn_values({1, 5}));
  m.add("Gemm", {"mean", "wc", "bc"}, {"y"}).output("y");
  return m;
}

std::shared_ptr<Network> network_of(const ModelBuilder& model) {
  const bitloom::testing::TemporaryFolder folder;
  const bitloom::onnx::Imported imported =
      bitloom::onnx::import_model(folder.write("m.onnx", model.bytes()));
  return std::make_shared<Network>(imported.graph, parameters_of(imported));
}

Quantization at(const Network& network, graph::Precision bits) {
  return {.policy = graph::uniform_policy(network.layers(), bits)};
}

std::unique_ptr<QuantizedNetwork> calibrated(const std::shared_ptr<Network>& network,
                                             Quantization how, const Tensor& inputs) {
  auto quantized = std::make_unique<QuantizedNetwork>(network, std::move(how));
  ActivationSampler sampler(network->layers(), inputs.size(0));
  network->forward(inputs, Mode::kInference, sampler);
  quantized->calibrate(sampler);
  return quantized;
}

/// The largest difference as a share of the largest output.
double apart(const Tensor& a, const Tensor& b) {
  return ((a - b).abs().max() / a.abs().max()).item<double>();
}

class Transformer : public ::testing::Test {
 protected:
  Transformer() { torch::manual_seed(11); }
  const torch::NoGradGuard no_gradient_;
};

TEST_F(Transformer, GivesNearlyItsOwnOutputsAtManyBits) {
  const auto network = network_of(encoder());
  const Tensor x = torch::randn({32, kTokens, kWidth});
  const Tensor real = network->forward(x);
  double before = 1;
  for (const auto& [bits, most] : {std::pair(4, 0.5), std::pair(8, 0.03), std::pair(16, 2e-4)}) {
    const double each = apart(real, calibrated(network, at(*network, {bits, bits}), x)->forward(x));
    EXPECT_LT(each, most) << bits;
    EXPECT_LT(each, before) << bits;
    EXPECT_GT(each, 0) << bits;
    before = each;
  }
}

TEST_F(Transformer, HasSharesWithoutASignAndOtherOperandsWithOne) {
  const auto network = network_of(encoder());
  const auto layers = graph::layers_of(network->graph());
  ASSERT_EQ(layers.size(), 7u);
  EXPECT_EQ(layers[3].name, "scores");
  EXPECT_TRUE(layers[3].signed_activations && layers[3].signed_second);
  EXPECT_EQ(layers[4].name, "mixed");
  EXPECT_FALSE(layers[4].signed_activations);
  EXPECT_TRUE(layers[4].signed_second);
}

/// x on levels of r / p, by the page on quantizers: round() to even, cut to the codes.
double on_levels(double x, double r, int lowest, int highest) {
  const double step = r / highest;
  return step * std::clamp(std::nearbyint(x / step), double(lowest), double(highest));
}

TEST_F(Transformer, RoundsTheSecondOperandAtItsBitsOfWeights) {
  graph::Graph graph("product");
  const graph::NodeId a = graph.add("a", graph::Input{{2, 3, 4}}, {});
  const graph::NodeId relu = graph.add("relu", graph::Activation{}, {a});
  graph.add("product", graph::MatMul{true}, {relu, a});
  const auto network = std::make_shared<Network>(graph, weights::Parameters{});
  const Tensor x = torch::randn({5, 2, 3, 4});
  const auto quantized = calibrated(network, {.policy = {{3, 5}}}, x);
  const Tensor y = quantized->forward(x);
  const double most = x.abs().max().item<double>(), positive = x.max().item<double>();
  const auto v = x.accessor<float, 4>();
  const auto found = y.accessor<float, 4>();
  for (int n = 0; n < 5; ++n)
    for (int m = 0; m < 2; ++m)
      for (int row = 0; row < 3; ++row)
        for (int column = 0; column < 3; ++column) {
          double sum = 0;
          for (int k = 0; k < 4; ++k)
            sum += on_levels(std::max(0.0F, v[n][m][row][k]), positive, 0, 31) *
                   on_levels(v[n][m][column][k], most, -4, 3);
          EXPECT_NEAR(found[n][m][row][column], sum, 1e-4) << n << m << row << column;
        }
  const LayerLevels levels = quantized->levels().at(0);
  EXPECT_NEAR(levels.activation_scale.value(), positive / 31, 1e-6);
  EXPECT_NEAR(levels.second_scale.value(), most / 3, 1e-6);
  EXPECT_FALSE(levels.weight_error.has_value());
}

TEST_F(Transformer, IsStoredWithTheLevelsOfBothOperands) {
  const auto network = network_of(encoder());
  const Tensor x = torch::randn({16, kTokens, kWidth});
  const auto first = calibrated(network, at(*network, {4, 5}), x);
  const weights::Parameters state = first->state();
  EXPECT_EQ(state.count("quantizer.scores.second.range"), 1u);
  EXPECT_EQ(state.count("quantizer.scores.weights.range"), 0u);
  QuantizedNetwork again(network, at(*network, {4, 5}));
  again.load_state(weights::TensorFile::of("stored", state));
  EXPECT_TRUE(torch::equal(first->forward(x), again.forward(x)));
}

TEST_F(Transformer, TakesEveryPostTrainingMethod) {
  const auto network = network_of(encoder());
  const Tensor x = torch::randn({64, kTokens, kWidth});
  const Tensor real = network->forward(x);
  for (const char* method : {"fast", "good", "best"}) {
    Quantization how = at(*network, {6, 6});
    how.scheme = "least-error";
    QuantizedNetwork quantized(network, how);
    post_train(quantized, post_training_method(method), x);
    EXPECT_LT(apart(real, quantized.forward(x)), 0.15) << method;
    QuantizedNetwork alone(network, how);
    fit_operands_alone(alone, post_training_method("fast"), x);
    EXPECT_LT(apart(real, alone.forward(x)), 0.2);
  }
}

/// Attention of projections of x: of one node, or of its parts. A classifier of all its values.
ModelBuilder attention(bool in_parts, const std::map<std::string, bitloom::onnx::Tensor>& weights) {
  ModelBuilder m;
  m.model.opsets[""] = 23;
  m.input("x", {1, kTokens, kWidth});
  for (const auto& [name, values] : weights) m.constant(name, values);
  for (const std::string each : {"q", "k", "v"}) m.add("MatMul", {"x", "w" + each}, {each});
  if (in_parts) {
    m.integers("split", {1, kTokens, kHeads, kWidth / kHeads});
    for (const std::string each : {"q", "k", "v"}) {
      m.add("Reshape", {each, "split"}, {each + "_heads"});
      const Integers order = each == "k" ? Integers{0, 2, 3, 1} : Integers{0, 2, 1, 3};
      m.add("Transpose", {each + "_heads"}, {each + "_turned"}, {attribute("perm", order)});
    }
    m.constant("root", bitloom::onnx::tensor_of(std::vector<float>{2}, {1}));
    m.add("MatMul", {"q_turned", "k_turned"}, {"scores"}).add("Div", {"scores", "root"}, {"part"});
    m.add("Softmax", {"part"}, {"shares"}).add("MatMul", {"shares", "v_turned"}, {"mixed"});
    m.add("Transpose", {"mixed"}, {"rows"}, {attribute("perm", Integers{0, 2, 1, 3})});
  } else {
    m.add("Attention", {"q", "k", "v"}, {"rows"},
          {attribute("q_num_heads", kHeads), attribute("kv_num_heads", kHeads)});
  }
  m.integers("all", {1, kTokens * kWidth}).add("Reshape", {"rows", "all"}, {"flat"});
  m.add("MatMul", {"flat", "wc"}, {"y"}).output("y");
  return m;
}

TEST_F(Transformer, HasTheSameAnswersWhetherAttentionIsOneNode) {
  std::map<std::string, bitloom::onnx::Tensor> weights{{"wc", drawn_values({kTokens * kWidth, 5})}};
  for (const char* name : {"wq", "wk", "wv"}) weights[name] = drawn_values({kWidth, kWidth});
  const auto whole = network_of(attention(false, weights));
  const auto parts = network_of(attention(true, weights));
  const auto layers = graph::layers_of(whole->graph());
  ASSERT_EQ(layers.size(), 6u);
  EXPECT_EQ(layers[3].name, "rows.scores");
  EXPECT_TRUE(layers[3].signed_activations && layers[3].signed_second);
  EXPECT_EQ(layers[4].name, "rows.context");
  EXPECT_FALSE(layers[4].signed_activations);
  const Tensor x = torch::randn({16, kTokens, kWidth});
  EXPECT_TRUE(torch::allclose(whole->forward(x), parts->forward(x), 1e-4, 1e-5));
  const graph::Policy policy{{8, 8}, {8, 8}, {8, 8}, {3, 5}, {4, 6}, {8, 8}};
  const auto a = calibrated(whole, {.policy = policy}, x);
  const auto b = calibrated(parts, {.policy = policy}, x);
  EXPECT_LT(apart(a->forward(x), b->forward(x)), 1e-4);
  EXPECT_GT(apart(a->forward(x), whole->forward(x)), 0.01);
  Quantization fitted{.scheme = "least-error", .policy = policy};
  for (const char* method : {"fast", "good"}) {
    QuantizedNetwork one(whole, fitted), several(parts, fitted);
    post_train(one, post_training_method(method), x);
    post_train(several, post_training_method(method), x);
    EXPECT_LT(apart(one.forward(x), several.forward(x)), 0.02) << method;
  }
}

/// Lengths and keys of earlier tokens, the same for all images.
TEST_F(Transformer, ComputesAttentionsWithConstantsForAllImagesAtOnce) {
  ModelBuilder m;
  m.model.opsets["com.microsoft"] = 1;
  m.input("x", {1, 3, 8}).constant("past", drawn_values({1, 2, 4, 4}));
  m.constant("none", bitloom::onnx::tensor_of(std::vector<std::int64_t>{6}, {1}));
  m.constant("total", bitloom::onnx::tensor_of(std::vector<std::int64_t>{7}, {}));
  m.add("GroupQueryAttention", {"x", "x", "x", "past", "past", "none", "total"}, {"a"},
        {attribute("num_heads", 2), attribute("kv_num_heads", 2)});
  m.model.graph.nodes.back().domain = "com.microsoft";
  m.constant("key", drawn_values({1, 5, 8})).constant("bias", drawn_values({24}));
  m.add("MultiHeadAttention", {"a", "key", "key", "bias"}, {"b"}, {attribute("num_heads", 2)});
  m.model.graph.nodes.back().domain = "com.microsoft";
  m.integers("all", {1, 24}).add("Reshape", {"b", "all"}, {"y"}).output("y");
  const auto network = network_of(m);
  network->require_quantizable();
  const Tensor x = torch::randn({7, 3, 8});
  const Tensor together = network->forward(x);
  for (std::int64_t i = 0; i < 7; ++i)
    EXPECT_TRUE(
        torch::allclose(network->forward(x.slice(0, i, i + 1))[0], together[i], 1e-4, 1e-5));
  EXPECT_LT(apart(together, calibrated(network, at(*network, {16, 16}), x)->forward(x)), 1e-3);
}

TEST_F(Transformer, TakesTokens) {
  ModelBuilder m;
  m.input("ids", {1, 3}, bitloom::onnx::ElementType::kInt64)
      .constant("table", drawn_values({9, 4}));
  m.constant("w", drawn_values({4, 4})).constant("u", drawn_values({12, 5}));
  m.add("Gather", {"table", "ids"}, {"words"}).add("MatMul", {"words", "w"}, {"rows"});
  m.add("Flatten", {"rows"}, {"flat"}).add("MatMul", {"flat", "u"}, {"y"}).output("y");
  const auto network = network_of(m);
  const Tensor ids = torch::tensor({{0, 8, 3}, {7, 7, 1}});
  const Tensor y = network->forward(ids.to(torch::kFloat32));
  EXPECT_TRUE(torch::equal(y, network->forward(ids)));
  EXPECT_LT(apart(y, calibrated(network, at(*network, {16, 16}), ids)->forward(ids)), 1e-3);
  EXPECT_EQ(complaint([&] {
              network->forward(torch::full({1, 3}, 1.5));
            }),
            "Gather 'words': reads 1.5, and takes whole numbers");
}

TEST_F(Transformer, SaysWhatHasNoIntegers) {
  const auto network = network_of(encoder());
  const Tensor x = torch::randn({4, kTokens, kWidth});
  const auto quantized = calibrated(network, at(*network, {8, 8}), x);
  EXPECT_EQ(quantized->why_no_integers().value(),
            "the integer arithmetic has no rule for LayerNormalization 'norm'");
  EXPECT_EQ(quantized->why_no_codes().value(),
            "'scores' multiplies two activations, which have no codes to be stored");
  EXPECT_EQ(complaint([&] { network->layer_weight(3); }),
            "network m.onnx: MatMul 'scores': has no weights that could be quantized: it "
            "multiplies two activations");
}

TEST_F(Transformer, RefusesOperandsThatNoQuantizerTakes) {
  const auto refusal = [](const ModelBuilder& model) {
    return complaint([&] { network_of(model)->require_quantizable(); });
  };
  ModelBuilder halves;
  halves.input("x", {1, 2, 2}, bitloom::onnx::ElementType::kFloat16);
  halves.add("MatMul", {"x", "x"}, {"y"}).output("y");
  EXPECT_EQ(refusal(halves),
            "network m.onnx: MatMul 'y': has no operands that could be quantized: its operands are "
            "other numbers than float32, which alone are quantized");
  ModelBuilder masked;
  masked.model.opsets[""] = 23;
  masked.input("x", {1, 3, 4}).integers("square", {3, 3});
  masked.add("Identity", {"x"}, {"q"}).add("ReduceSum", {"x"}, {"sum"});
  masked.add("Expand", {"sum", "square"}, {"mask"});
  masked.add("Attention", {"q", "x", "x", "mask"}, {"y"},
             {attribute("q_num_heads", 1), attribute("kv_num_heads", 1)});
  masked.output("y");
  EXPECT_EQ(refusal(masked),
            "network m.onnx: Attention 'y.scores': has no operands that could be quantized: its "
            "input 3 has no dimension of images in front");
}

TEST_F(Transformer, RefusesProductsWithinANode) {
  ModelBuilder m;
  m.input("x", {4, 1, 3})
      .constant("w", drawn_values({1, 20, 3}))
      .constant("r", drawn_values({1, 20, 5}));
  m.add("LSTM", {"x", "w", "r"}, {"y"}, {attribute("hidden_size", 5)}).output("y");
  const auto network = network_of(m);
  EXPECT_EQ(complaint([&] { network->require_quantizable(); }),
            "network m.onnx: LSTM 'y.input': has no weights that could be quantized: a recurrence "
            "is not quantized");
}

}  // namespace
}  // namespace bitloom::nn
