// Operators that are newer than Debian's data of ONNX, by their definitions.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/onnx_run/one_node.h"
#include "tests/support/complaint.h"

namespace bitloom {
namespace {

using testing::floats;
using testing::integer;
using testing::integers;
using testing::node_of;
using testing::number;
using testing::outputs_of;
using testing::text;

using Floats = std::vector<float>;

at::Tensor counting(at::IntArrayRef dims) {
  std::int64_t size = 1;
  for (const std::int64_t dim : dims) size *= dim;
  return (at::arange(size, at::kFloat) * 0.37F).sin().reshape(dims);
}

void expect_near(const at::Tensor& got, const at::Tensor& want) {
  ASSERT_EQ(got.sizes(), want.sizes());
  EXPECT_TRUE(at::allclose(got, want, 1e-5, 1e-6)) << got << "\n" << want;
}

/// softmax(q k^T / sqrt(size)) v of one head, with keys that are not allowed left out.
at::Tensor plain_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                           const at::Tensor& is_allowed) {
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(-1)));
  const at::Tensor products = at::matmul(q, k.transpose(-1, -2)) * scale;
  const at::Tensor kept = at::where(is_allowed, products.exp(), at::zeros({}));
  return at::matmul(kept / kept.sum(-1, true), v);
}

TEST(Attention, OfThreeDimensionsSplitsHeads) {
  const at::Tensor q = counting({2, 3, 8});
  const at::Tensor k = counting({2, 5, 8}) + 0.1F;
  const at::Tensor v = counting({2, 5, 4}) - 0.2F;
  const auto node =
      node_of("Attention", 23, 3, {integer("q_num_heads", 2), integer("kv_num_heads", 2)});
  const at::Tensor y = outputs_of(node, {q, k, v})[0];
  ASSERT_EQ(y.sizes(), (at::IntArrayRef{2, 3, 4}));
  const at::Tensor all = at::ones({3, 5}, at::kBool);
  for (std::int64_t head = 0; head < 2; ++head)
    expect_near(y.narrow(2, 2 * head, 2),
                plain_attention(q.narrow(2, 4 * head, 4), k.narrow(2, 4 * head, 4),
                                v.narrow(2, 2 * head, 2), all));
}

TEST(Attention, SharesKeysAmongHeadsAndSeesThePast) {
  const at::Tensor q = counting({1, 4, 2, 3});
  const at::Tensor k = counting({1, 2, 2, 3});
  const at::Tensor past = counting({1, 2, 3, 3}) * 0.5F;
  const auto node = node_of("Attention", 23, 6, {integer("is_causal", 1)}, 3);
  const auto y = outputs_of(node, {q, k, k, {}, past, past});
  const at::Tensor keys = at::cat({past, k}, 2);
  const at::Tensor is_allowed =
      at::tensor({1, 1, 1, 1, 0, 1, 1, 1, 1, 1}).reshape({2, 5}).to(at::kBool);
  for (std::int64_t head = 0; head < 4; ++head)
    expect_near(y[0].select(1, head), plain_attention(q.select(1, head), keys.select(1, head / 2),
                                                      keys.select(1, head / 2), is_allowed));
  expect_near(y[1], keys);
  expect_near(y[2], keys);
}

TEST(Attention, TakesMasksOfTruthAndOfNumbers) {
  const at::Tensor q = counting({1, 1, 2, 4});
  const at::Tensor k = counting({1, 1, 3, 4});
  const at::Tensor mask = at::tensor({1, 0, 1, 0, 1, 1}).reshape({2, 3}).to(at::kBool);
  const auto node = node_of("Attention", 23, 4);
  expect_near(outputs_of(node, {q, k, k, mask})[0], plain_attention(q, k, k, mask));
  const at::Tensor bias = at::where(mask, number(0), number(-INFINITY));
  expect_near(outputs_of(node, {q, k, k, bias})[0], plain_attention(q, k, k, mask));
}

TEST(Attention, OfOnnxRuntimePacksItsWeights) {
  auto node = node_of("Attention", 1, 4, {integer("num_heads", 2), integer("unidirectional", 1)});
  node.domain = "com.microsoft";
  const at::Tensor x = counting({1, 3, 4});
  const at::Tensor weight = counting({4, 12});
  const at::Tensor bias = counting({12});
  const at::Tensor mask = at::ones({1, 3}, at::kInt);
  const at::Tensor y = outputs_of(node, {x, weight, bias, mask})[0];
  const auto parts = (at::matmul(x, weight) + bias).chunk(3, 2);
  const at::Tensor causal = at::ones({3, 3}, at::kBool).tril();
  for (std::int64_t head = 0; head < 2; ++head)
    expect_near(y.narrow(2, 2 * head, 2),
                plain_attention(parts[0].narrow(2, 2 * head, 2), parts[1].narrow(2, 2 * head, 2),
                                parts[2].narrow(2, 2 * head, 2), causal));
}

TEST(Attention, OfManyHeadsAddsItsBias) {
  auto node = node_of("MultiHeadAttention", 1, 4, {integer("num_heads", 1)});
  node.domain = "com.microsoft";
  const at::Tensor q = counting({1, 2, 4});
  const at::Tensor k = counting({1, 3, 4});
  const at::Tensor bias = counting({12});
  const auto parts = bias.chunk(3);
  expect_near(
      outputs_of(node, {q, k, k, bias})[0],
      plain_attention(q + parts[0], k + parts[1], k + parts[2], at::ones({2, 3}, at::kBool)));
}

TEST(Attention, OfGroupsAppendsToThePast) {
  auto node = node_of("GroupQueryAttention", 1, 7,
                      {integer("num_heads", 2), integer("kv_num_heads", 1)}, 3);
  node.domain = "com.microsoft";
  const at::Tensor q = counting({1, 1, 8});
  const at::Tensor k = counting({1, 1, 4});
  const at::Tensor past = counting({1, 1, 2, 4});
  const auto y = outputs_of(
      node, {q, k, k, past, past, at::tensor({2}, at::kInt), at::scalar_tensor(3, at::kInt)});
  const at::Tensor keys = at::cat({past, k.unsqueeze(1)}, 2);
  expect_near(y[1], keys);
  for (std::int64_t head = 0; head < 2; ++head)
    expect_near(y[0].narrow(2, 4 * head, 4), plain_attention(q.narrow(2, 4 * head, 4), keys[0],
                                                             keys[0], at::ones({1, 3}, at::kBool)));
}

TEST(RotaryEmbedding, TurnsPairsByTheAnglesOfTheirPosition) {
  const at::Tensor x = at::tensor({1.F, 2.F, 3.F, 4.F}).reshape({1, 1, 1, 4});
  const at::Tensor cosines = at::tensor({0.F, 1.F}).reshape({1, 2});
  const at::Tensor sines = at::tensor({1.F, 0.F}).reshape({1, 2});
  const at::Tensor position = at::zeros({1, 1}, at::kLong);
  auto node = node_of("RotaryEmbedding", 23, 4);
  // Elements 0 and 2 turn by a quarter, 1 and 3 stay.
  EXPECT_EQ(floats(outputs_of(node, {x, cosines, sines, position})[0]), (Floats{-3, 2, 1, 4}));
  node.attributes = {integer("interleaved", 1)};
  EXPECT_EQ(floats(outputs_of(node, {x, cosines, sines, position})[0]), (Floats{-2, 1, 3, 4}));
  node.attributes = {};
  node.domain = "com.microsoft";
  EXPECT_EQ(floats(outputs_of(node, {x, position, cosines, sines})[0]), (Floats{-3, 2, 1, 4}));
}

TEST(Normalizations, OfGroupsScaleGroupsBeforeVersion21AndChannelsSince) {
  const at::Tensor x = counting({1, 4, 3});
  const at::Tensor grouped = x.reshape({1, 2, 6});
  const at::Tensor deviation = grouped.var(2, false, true);
  const at::Tensor plain = (grouped - grouped.mean(2, true)) / (deviation + 1e-5).sqrt();
  const auto scaled = [&](std::int64_t opset, const at::Tensor& scale) {
    const auto node = node_of("GroupNormalization", opset, 3, {integer("num_groups", 2)});
    return outputs_of(node, {x, scale, at::zeros_like(scale)})[0];
  };
  const at::Tensor by_group = at::tensor({2.F, 3.F});
  expect_near(scaled(18, by_group), (plain * by_group.reshape({2, 1})).reshape({1, 4, 3}));
  const at::Tensor by_channel = at::tensor({2.F, 3.F, 4.F, 5.F});
  expect_near(scaled(21, by_channel), plain.reshape({1, 4, 3}) * by_channel.reshape({4, 1}));
}

TEST(Normalizations, ByTheRootMeanSquare) {
  const at::Tensor x = at::tensor({3.F, 4.F}).reshape({1, 2});
  const at::Tensor y = outputs_of(node_of("RMSNormalization", 23, 2), {x, at::ones({2})})[0];
  expect_near(y, x / std::sqrt(12.5F + 1e-5F));
}

TEST(Resize, KeepsTheAspectWhereItIsTold) {
  const at::Tensor x = counting({1, 1, 4, 8});
  const at::Tensor sizes = at::tensor({8, 8}, at::kLong);
  const auto resized = [&](const char* policy) {
    const auto node = node_of("Resize", 18, 4,
                              {integers("axes", {2, 3}), text("keep_aspect_ratio_policy", policy)});
    return outputs_of(node, {x, {}, {}, sizes})[0].sizes().vec();
  };
  EXPECT_EQ(resized("stretch"), (std::vector<std::int64_t>{1, 1, 8, 8}));
  EXPECT_EQ(resized("not_larger"), (std::vector<std::int64_t>{1, 1, 4, 8}));
  EXPECT_EQ(resized("not_smaller"), (std::vector<std::int64_t>{1, 1, 8, 16}));
}

TEST(Resize, AveragesWithAntialiasing) {
  const auto node = node_of("Resize", 18, 3, {text("mode", "linear"), integer("antialias", 1)});
  const at::Tensor x = at::arange(8, at::kFloat);
  const at::Tensor y = outputs_of(node, {x, {}, at::tensor({0.5F})})[0];
  // Weights 1, 3, 3, 1 over 8, those outside given to the ends.
  expect_near(y, at::tensor({0.625F, 2.5F, 4.5F, 6.375F}));
}

TEST(Versions, DecideWhereAxesAreAndWhatEmptyOnesMean) {
  const at::Tensor x = at::ones({2, 3});
  const auto node = node_of("ReduceMax", 18, 2, {integer("noop_with_empty_axes", 1)});
  EXPECT_EQ(outputs_of(node, {x, at::zeros({0}, at::kLong)})[0].sizes(), x.sizes());
  const auto older = node_of("ReduceMax", 13, 1, {integers("axes", {1}), integer("keepdims", 0)});
  EXPECT_EQ(outputs_of(older, {x})[0].sizes(), (at::IntArrayRef{2}));
  const auto split = node_of("Split", 18, 1, {integer("num_outputs", 2)}, 2);
  const auto parts = outputs_of(split, {at::arange(5, at::kFloat)});
  EXPECT_EQ(floats(parts[0]), (Floats{0, 1, 2}));
  EXPECT_EQ(floats(parts[1]), (Floats{3, 4}));
}

TEST(Versions, DecideHowSmallTensorsBroadcast) {
  auto node = node_of("Add", 6, 2, {integer("broadcast", 1), integer("axis", 0)});
  const at::Tensor y = outputs_of(node, {at::zeros({2, 3}), at::tensor({1.F, 2.F})})[0];
  EXPECT_EQ(floats(y), (Floats{1, 1, 1, 2, 2, 2}));
}

TEST(QuantizeLinear, HasScalesOfBlocks) {
  const at::Tensor x = at::tensor({1.F, 2.F, 3.F, 4.F}).reshape({4, 1});
  const at::Tensor scale = at::tensor({1.F, 2.F}).reshape({2, 1});
  const auto node =
      node_of("QuantizeLinear", 21, 2, {integer("axis", 0), integer("block_size", 2)});
  EXPECT_EQ(floats(outputs_of(node, {x, scale})[0]), (Floats{1, 2, 2, 2}));
  const auto back =
      node_of("DequantizeLinear", 21, 2, {integer("axis", 0), integer("block_size", 2)});
  const at::Tensor codes = at::tensor({1, 2, 2, 2}, at::kByte).reshape({4, 1});
  EXPECT_EQ(floats(outputs_of(back, {codes, scale})[0]), (Floats{1, 2, 4, 4}));
}

TEST(MatMulNBits, UnpacksCodesFromTheLowBitsUp) {
  auto node =
      node_of("MatMulNBits", 1, 3,
              {integer("K", 4), integer("N", 1), integer("bits", 4), integer("block_size", 16)});
  node.domain = "com.microsoft";
  at::Tensor packed = at::zeros({1, 1, 8}, at::kByte);
  packed[0][0][0] = 0x98;  // codes 8 and 9: 0 and 1 less the zero point 8
  packed[0][0][1] = 0x7a;  // 10 and 7: 2 and -1
  const at::Tensor x = at::tensor({1.F, 10.F, 100.F, 1000.F}).reshape({1, 4});
  EXPECT_EQ(floats(outputs_of(node, {x, packed, at::tensor({0.5F})})[0]), Floats{-395});
}

// Its mean and variance depend on what it normalizes, and so does the gradient.
TEST(BatchNormalization, OfTrainingModeCanBeTrainedThrough) {
  at::Tensor x = counting({2, 3, 2, 2}).requires_grad_(true);
  const at::Tensor scale = counting({3}) + 1, shift = counting({3});
  const at::Tensor zeros = at::zeros({3}), ones = at::ones({3});
  const auto node = node_of("BatchNormalization", 15, 5, {integer("training_mode", 1)}, 3);
  const at::Tensor y = outputs_of(node, {x, scale, shift, zeros, ones})[0];
  const at::Tensor centered = x - x.mean({0, 2, 3}, true);
  const at::Tensor deviation = ((centered * centered).mean({0, 2, 3}, true) + 1e-5).sqrt();
  const at::Tensor want =
      centered / deviation * scale.reshape({3, 1, 1}) + shift.reshape({3, 1, 1});
  expect_near(y, want);
  const at::Tensor weights = counting({2, 3, 2, 2}).cos();
  (y * weights).sum().backward();
  const at::Tensor gradient = x.grad().clone();
  x.mutable_grad().zero_();
  (want * weights).sum().backward();
  expect_near(gradient, x.grad());
}

}  // namespace
}  // namespace bitloom
