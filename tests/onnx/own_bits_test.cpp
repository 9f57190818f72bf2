// The bits to which files quantize their layers.
#include <gtest/gtest.h>

#include "models/graph/zoo/zoo.h"
#include "models/onnx/export/export.h"
#include "models/onnx/import.h"
#include "tests/onnx/model_builder.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::attribute;
using testing::ModelBuilder;
using Integers = std::vector<std::int64_t>;

onnx::Tensor number(float value) { return onnx::tensor_of(std::vector<float>{value}, {}); }

/// `2/4`, with `-` for operands in floats.
std::string bits_of(const ModelBuilder& builder) {
  const testing::TemporaryFolder folder;
  std::string text;
  const auto one = [](const std::optional<int>& bits) {
    return bits ? std::to_string(*bits) : std::string("-");
  };
  for (const auto& [weights, activations] :
       onnx::own_bits_of(folder.write("m.onnx", builder.bytes())))
    text += (text.empty() ? "" : " ") + one(weights) + "/" + one(activations);
  return text;
}

TEST(OwnBits, OfQonnxAreWhatItsQuantizersSay) {
  ModelBuilder builder;
  builder.input("x", {1, 3, 8, 8}).weights("w", {4, 3, 3, 3}).weights("u", {4, 4, 3, 3});
  builder.constant("s", number(0.5F)).constant("z", number(0)).constant("b2", number(2));
  builder.constant("b5", number(5)).weights("c", {4, 4, 1, 1});
  builder.add("Quant", {"w", "s", "z", "b2"}, {"qw"})
      .add("Conv", {"x", "qw"}, {"first"})
      .add("Relu", {"first"}, {"relu"})
      .add("Quant", {"relu", "s", "z", "b5"}, {"qa"})
      .add("MaxPool", {"qa"}, {"pool"}, {attribute("kernel_shape", Integers{2, 2})})
      .add("BipolarQuant", {"u", "s"}, {"qu"})
      .add("Conv", {"pool", "qu"}, {"second"})
      .add("Conv", {"second", "c"}, {"y"})
      .output("y");
  EXPECT_EQ(bits_of(builder), "2/- 1/5 -/-");
}

TEST(OwnBits, OfCodesAreThoseThatHoldThem) {
  ModelBuilder builder;
  builder.input("x", {1, 4}).constant("s", number(0.5F));
  const auto int8 = onnx::ElementType::kInt8;
  builder.constant("w", onnx::tensor_of(Integers(12, -8), {4, 3}, int8));
  builder.constant("z", onnx::tensor_of(Integers{0}, {}, int8));
  builder.constant("zu", onnx::tensor_of(Integers{0}, {}, onnx::ElementType::kUint8));
  builder.constant("most", onnx::tensor_of(Integers{15}, {}, onnx::ElementType::kUint8));
  builder.add("QuantizeLinear", {"x", "s", "zu"}, {"codes"})
      .add("Clip", {"codes", "zu", "most"}, {"clipped"})
      .add("DequantizeLinear", {"clipped", "s", "zu"}, {"a"})
      .add("DequantizeLinear", {"w", "s", "z"}, {"qw"})
      .add("MatMul", {"a", "qw"}, {"h"})
      .add("QuantizeLinear", {"h", "s", "z"}, {"hc"})
      .constant("v", onnx::tensor_of(Integers{-1, 0, 100}, {3, 1}, int8))
      .add("MatMulInteger", {"hc", "v"}, {"y"})
      .output("y");
  EXPECT_EQ(bits_of(builder), "4/4 8/8");
}

}  // namespace
}  // namespace bitloom
