// ONNX Runtime's operators on codes: each is the function of the real numbers that they stand for.
#include <gtest/gtest.h>

#include "tests/onnx_run/one_node.h"

namespace bitloom {
namespace {

using testing::floats;
using testing::node_of;
using testing::number;
using testing::outputs_of;

using Floats = std::vector<float>;

at::Tensor codes(const std::vector<std::int64_t>& values) {
  return at::tensor(values, at::kLong).to(at::kByte);
}

onnx::Node microsoft(const std::string& op, std::size_t inputs) {
  onnx::Node node = node_of(op, 1, inputs);
  node.domain = "com.microsoft";
  return node;
}

TEST(Codes, AreAddedAndMultiplied) {
  // 0.5 (x - 10): -1, 2; 0.25 (x - 0): 2, 4; results as 0.5 (y - 4), cut to 8 bits.
  const std::vector<at::Tensor> inputs{codes({8, 14}), number(0.5F), codes({10}),  codes({8, 16}),
                                       number(0.25F),  codes({0}),   number(0.5F), codes({4})};
  EXPECT_EQ(floats(outputs_of(microsoft("QLinearAdd", 8), inputs)[0]), (Floats{6, 16}));
  EXPECT_EQ(floats(outputs_of(microsoft("QLinearMul", 8), inputs)[0]), (Floats{0, 20}));
}

TEST(Codes, GoThroughFunctions) {
  const std::vector<at::Tensor> inputs{codes({100, 110}), number(1), codes({100}),
                                       number(1.F / 256), codes({0})};
  EXPECT_EQ(floats(outputs_of(microsoft("QLinearSigmoid", 5), inputs)[0]), (Floats{128, 255}));
}

TEST(Codes, AreJoinedAtTheScaleOfTheResult) {
  const std::vector<at::Tensor> inputs{number(1),  codes({0}), codes({4}), number(0.5F),
                                       codes({0}), codes({4}), number(2),  codes({1})};
  EXPECT_EQ(floats(outputs_of(microsoft("QLinearConcat", 8), inputs)[0]), (Floats{2, 6}));
}

TEST(Codes, OfMatricesAreMultipliedWithABiasOnTheirScale) {
  // 0.5 (x - 10): -1, 2; weights 3, 1 (transposed); the bias 4 is 4 * 0.5.
  const at::Tensor a = codes({8, 14}).reshape({1, 2});
  const at::Tensor b = at::tensor({3, 1}, at::kChar).reshape({1, 2});
  const at::Tensor zero = at::zeros({}, at::kChar), bias = at::tensor({4}, at::kInt);
  onnx::Node node = microsoft("QGemm", 9);
  node.attributes = {testing::integer("transB", 1)};
  const std::vector<at::Tensor> reals{a, number(0.5F), codes({10}), b, number(1), zero, bias};
  EXPECT_EQ(floats(outputs_of(node, reals)[0]), Floats{1});  // -3 + 2 + 2
  std::vector<at::Tensor> inputs = reals;
  inputs.insert(inputs.end(), {number(0.25F), codes({100})});
  EXPECT_EQ(floats(outputs_of(node, inputs)[0]), Floats{104});
}

TEST(Codes, MayHaveTheirChannelsLast) {
  const at::Tensor image = at::arange(1 * 2 * 3 * 4, at::kByte).reshape({1, 2, 3, 4});
  const at::Tensor weights = at::tensor({1, -1, 2, 3}, at::kChar).reshape({2, 2, 1, 1});
  const at::Tensor zero = at::zeros({}, at::kChar);
  const auto result = [&](const at::Tensor& x, std::int64_t channels_last) {
    onnx::Node node = microsoft("QLinearConv", 8);
    node.attributes = {testing::integer("channels_last", channels_last)};
    return outputs_of(
        node, {x, number(1), codes({0}), weights, number(1), zero, number(1), codes({20})})[0];
  };
  const at::Tensor last = result(image.movedim(1, -1).contiguous(), 1);
  EXPECT_TRUE(at::equal(last, result(image, 0).movedim(1, -1)));
}

TEST(Codes, OfActivationsAreFoundAsTheyCome) {
  // Elements from 0 to 255: scale 1 and zero point 0, so that the codes are exact.
  const at::Tensor x = at::tensor({0.F, 255.F}).reshape({1, 2});
  const at::Tensor weight = at::tensor({3, 5}, at::kChar).reshape({2, 1});
  const auto node = microsoft("DynamicQuantizeMatMul", 3);
  EXPECT_EQ(floats(outputs_of(node, {x, weight, number(0.5F)})[0]), Floats{637.5F});
}

}  // namespace
}  // namespace bitloom
