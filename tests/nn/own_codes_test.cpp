// Networks of ONNX that quantize themselves, on codes of their own.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include <fmt/format.h>

#include "base/error.h"
#include "models/onnx/import.h"
#include "models/torch/onnx/run.h"
#include "models/torch/onnx_parameters.h"
#include "models/torch/own_codes_network.h"
#include "pipelines/learn/own_codes.h"
#include "tests/onnx/model_builder.h"
#include "tests/support/complaint.h"
#include "tests/support/data_folder.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using pipelines::Arithmetic;
using testing::attribute;
using testing::ModelBuilder;
using OwnShape = std::vector<std::int64_t>;

onnx::Tensor codes_tensor(const OwnShape& dims, std::int64_t lowest, std::int64_t highest,
                          onnx::ElementType type) {
  const at::Tensor drawn = at::randint(lowest, highest + 1, dims, at::kLong).contiguous();
  return onnx::tensor_of(std::vector<std::int64_t>(drawn.data_ptr<std::int64_t>(),
                                                   drawn.data_ptr<std::int64_t>() + drawn.numel()),
                         dims, type);
}
onnx::Tensor real_tensor(const std::vector<float>& values, const OwnShape& dims = {}) {
  return onnx::tensor_of(values, dims);
}
onnx::Tensor real_tensor(const at::Tensor& values) {
  return real_tensor(
      std::vector<float>(values.data_ptr<float>(), values.data_ptr<float>() + values.numel()),
      values.sizes().vec());
}

/// The network of a file as commands load it.
pipelines::LoadedWeights loaded(const std::string& path) {
  const onnx::Imported imported = onnx::import_model(path);
  const weights::Parameters parameters = nn::parameters_of(imported);
  return {.file = weights::TensorFile::of(path, parameters),
          .network = {imported.graph, graph::layers_of(imported.graph)},
          .normalization = "unit",
          .runnable = std::make_shared<nn::Network>(imported.graph, parameters),
          .own_layers = nn::own_layers(imported)};
}

at::Tensor answer(const pipelines::LoadedWeights& weights, const at::Tensor& images,
                  Arithmetic arithmetic, const nn::OwnCodesNetwork::Observer& observer = {}) {
  const auto codes = pipelines::own_codes({}, weights, {});
  return pipelines::own_codes_network(codes.value(), weights, arithmetic)
      ->forward(images, observer);
}

/// x quantized to `dq` by QDQ, with a zero point.
void add_qdq(ModelBuilder& builder, const std::string& x, const std::string& dq, float scale,
             std::int64_t zero, onnx::ElementType type) {
  builder.constant(dq + ".s", real_tensor({scale}))
      .constant(dq + ".z", onnx::tensor_of(std::vector<std::int64_t>{zero}, {}, type));
  builder.add("QuantizeLinear", {x, dq + ".s", dq + ".z"}, {dq + ".q"})
      .add("DequantizeLinear", {dq + ".q", dq + ".s", dq + ".z"}, {dq});
}

/// A convolution of 8-bit codes with zero points everywhere, a pool, a linear layer of QONNX's
/// bipolar weights on 3 bits, and between them what only real numbers have.
std::string quantized_model(const testing::TemporaryFolder& folder) {
  ModelBuilder builder;
  builder.model.opsets["qonnx.custom_op.general"] = 1;
  builder.input("x", {1, 3, 9, 9});
  add_qdq(builder, "x", "image", 0.01F, 7, onnx::ElementType::kUint8);
  builder.constant("w", codes_tensor({6, 3, 3, 3}, -128, 127, onnx::ElementType::kInt8))
      .constant("ws", real_tensor(at::rand({6}) * 0.01 + 0.001))
      .constant("wz", codes_tensor({6}, -3, 3, onnx::ElementType::kInt8))
      .constant("b", real_tensor(at::rand({6})))
      .constant("s", real_tensor({0.125F}))
      .constant("zero", real_tensor({0.F}))
      .constant("bits", real_tensor({3.F}))
      .constant("u", real_tensor(at::rand({96, 5}) - 0.5))
      .constant("us", real_tensor({0.25F}));
  builder.add("DequantizeLinear", {"w", "ws", "wz"}, {"wd"}, {attribute("axis", 0)})
      .add("Conv", {"image", "wd", "b"}, {"conv"},
           {attribute("pads", OwnShape{1, 1, 1, 1}), attribute("strides", OwnShape{2, 2})})
      .add("HardSwish", {"conv"}, {"swish"})
      .add("Quant", {"swish", "s", "zero", "bits"}, {"few"}, {attribute("signed", 0)})
      .add("MaxPool", {"few"}, {"pool"},
           {attribute("kernel_shape", OwnShape{2, 2}), attribute("strides", OwnShape{1, 1})})
      .add("Flatten", {"pool"}, {"flat"})
      .add("BipolarQuant", {"u", "us"}, {"signs"})
      .add("MatMul", {"flat", "signs"}, {"y"})
      .output("y");
  for (onnx::Node& node : builder.model.graph.nodes)
    if (node.op.find("Quant") != std::string::npos && node.op.find("Linear") == std::string::npos)
      node.domain = "qonnx.custom_op.general";
  return folder.write("q.onnx", onnx::model_bytes(builder.model));
}

TEST(OwnCodes, AreTheFilesOwnLessTheirZeroPoints) {
  const testing::TemporaryFolder folder;
  const auto layers = loaded(quantized_model(folder)).own_layers;
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(layers[0].why_not, "");
  const integer::QuantizedLayer& conv = layers[0].operands;
  EXPECT_EQ(conv.name, "conv");
  EXPECT_EQ(conv.activation_type, integer::signed_codes(9));  // -7 to 248
  EXPECT_EQ(conv.weight_scaling.scales.size(), 6U);
  EXPECT_EQ(layers[1].why_not, "");
  EXPECT_EQ(layers[1].operands.activation_type, integer::unsigned_codes(3));
  EXPECT_EQ(layers[1].operands.weight_type, integer::bipolar_codes());
  EXPECT_EQ(layers[1].operands.weight_scaling.scales, std::vector<double>{0.25});
}

TEST(OwnCodes, GiveTheSameByBitPlanesAsByFloatsAndWhatTheFileComputes) {
  const testing::TemporaryFolder folder;
  const torch::NoGradGuard no_gradient;
  const std::string path = quantized_model(folder);
  const pipelines::LoadedWeights weights = loaded(path);
  const at::Tensor images = at::rand({4, 3, 9, 9}) * 2.4;
  const at::Tensor by_floats = answer(weights, images, Arithmetic::kFake);
  EXPECT_TRUE(at::equal(by_floats, answer(weights, images, Arithmetic::kInteger)));
  const onnx::Model model = onnx::read_model(path);
  for (std::int64_t i = 0; i < images.size(0); ++i) {
    const at::Tensor wanted = nn::onnx::run(model, {images.narrow(0, i, 1)}).at(0);
    EXPECT_TRUE(at::allclose(by_floats[i], wanted[0], 1e-4, 1e-4)) << by_floats[i] << wanted;
  }
}

TEST(OwnCodes, AreSeenAsTheyAreRead) {
  const testing::TemporaryFolder folder;
  const torch::NoGradGuard no_gradient;
  const pipelines::LoadedWeights weights = loaded(quantized_model(folder));
  const at::Tensor image = at::full({1, 3, 9, 9}, 0.5);
  std::vector<std::size_t> seen;
  answer(weights, image, Arithmetic::kInteger, [&](std::size_t layer, const at::Tensor& codes) {
    seen.push_back(layer);
    EXPECT_TRUE(layer > 0 || (codes == 50).all().item<bool>());
  });
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 1}));
}

TEST(OwnCodes, TellWhyALayerHasNone) {
  const testing::TemporaryFolder folder;
  ModelBuilder builder;
  builder.input("x", {1, 3, 4, 4}).weights("w", {2, 3, 1, 1}).weights("v", {2, 2, 1, 1});
  builder.add("Conv", {"x", "w"}, {"first"});
  add_qdq(builder, "first", "q", 0.5F, 0, onnx::ElementType::kInt8);
  builder.add("Sigmoid", {"q"}, {"sigmoid"}).add("Conv", {"sigmoid", "v"}, {"second"});
  builder.add("Conv", {"q", "v"}, {"third"}).output("second").output("third");
  const auto layers = loaded(folder.write("x.onnx", onnx::model_bytes(builder.model))).own_layers;
  ASSERT_EQ(layers.size(), 3U);
  EXPECT_EQ(layers[0].why_not, "its input is not quantized");
  EXPECT_EQ(layers[1].why_not,
            "its input comes from Sigmoid 'sigmoid', which does not quantize it");
  EXPECT_EQ(layers[2].why_not, "its weights are not quantized");
}

TEST(OwnCodes, MayHave16BitsButNoConstantsAmongThem) {
  const testing::TemporaryFolder folder;
  const torch::NoGradGuard no_gradient;
  ModelBuilder builder;
  builder.input("x", {1, 2, 4, 4}).constant("s", real_tensor({0.0001F}));
  builder.constant("zero", real_tensor({0.F})).constant("bits", real_tensor({16.F}));
  builder.constant("w", codes_tensor({1, 2, 1, 1}, -8, 7, onnx::ElementType::kInt8))
      .constant("ws", real_tensor({0.5F}));
  builder.add("Quant", {"x", "s", "zero", "bits"}, {"q"})
      .add("DequantizeLinear", {"w", "ws"}, {"wd"})
      .add("Conv", {"q", "wd"}, {"y"})
      .output("y");
  const std::string path = folder.write("x.onnx", onnx::model_bytes(builder.model));
  const pipelines::LoadedWeights weights = loaded(path);
  EXPECT_EQ(weights.own_layers.at(0).operands.activation_type, integer::signed_codes(16));
  const at::Tensor images = at::rand({2, 2, 4, 4}) * 6 - 3;
  EXPECT_TRUE(at::equal(answer(weights, images, Arithmetic::kFake),
                        answer(weights, images, Arithmetic::kInteger)));

  builder.constant("pixels", real_tensor(at::rand({1, 1, 4, 4})));
  builder.constant("three", codes_tensor({1, 3, 1, 1}, -8, 7, onnx::ElementType::kInt8));
  builder.add("DequantizeLinear", {"three", "ws"}, {"td"})
      .add("Concat", {"q", "pixels"}, {"joined"}, {attribute("axis", 1)})
      .add("Conv", {"joined", "td"}, {"z"})
      .output("z");
  const auto layers = loaded(folder.write("z.onnx", onnx::model_bytes(builder.model))).own_layers;
  EXPECT_EQ(layers.at(1).why_not,
            "its input comes from Concat 'joined', which does not quantize it");
}

/// By floats, by bit-planes, and node by node as the file says; returns the layers.
std::vector<nn::OwnLayer> expect_one_answer(const ModelBuilder& builder, const at::Tensor& images) {
  const testing::TemporaryFolder folder;
  const torch::NoGradGuard no_gradient;
  const std::string path = folder.write("x.onnx", onnx::model_bytes(builder.model));
  const pipelines::LoadedWeights weights = loaded(path);
  for (const nn::OwnLayer& layer : weights.own_layers) EXPECT_EQ(layer.why_not, "");
  const at::Tensor by_floats = answer(weights, images, Arithmetic::kFake);
  EXPECT_TRUE(at::equal(by_floats, answer(weights, images, Arithmetic::kInteger)));
  const onnx::Model model = onnx::read_model(path);
  for (std::int64_t i = 0; i < images.size(0); ++i) {
    const at::Tensor wanted = nn::onnx::run(model, {images.narrow(0, i, 1)}).at(0);
    EXPECT_TRUE(at::allclose(by_floats[i], wanted[0].to(at::kFloat), 1e-4, 1e-4))
        << by_floats[i] << wanted;
  }
  return weights.own_layers;
}

void add_weights(ModelBuilder& builder, const std::string& name, const OwnShape& dims,
                 std::int64_t axis) {
  builder.constant(name, codes_tensor(dims, -7, 7, onnx::ElementType::kInt8))
      .constant(name + ".s",
                real_tensor(at::rand({dims[static_cast<std::size_t>(axis)]}) * 0.1 + 0.01));
  builder.add("DequantizeLinear", {name, name + ".s"}, {name + ".dq"}, {attribute("axis", axis)});
}

TEST(OwnCodes, OfGroupsAndOfSingleChannels) {
  ModelBuilder builder;
  builder.input("x", {1, 4, 6, 6});
  add_qdq(builder, "x", "image", 0.01F, 100, onnx::ElementType::kUint8);
  add_weights(builder, "w", {6, 2, 3, 3}, 0);
  add_weights(builder, "d", {6, 1, 3, 3}, 0);
  builder.add("Conv", {"image", "w.dq"}, {"grouped"}, {attribute("group", 2)});
  add_qdq(builder, "grouped", "q", 0.05F, 0, onnx::ElementType::kInt8);
  builder.add("Conv", {"q", "d.dq"}, {"y"}, {attribute("group", 6)}).output("y");
  const auto layers = expect_one_answer(builder, at::rand({3, 4, 6, 6}) * 2 - 1);
  EXPECT_EQ(layers.at(0).operands.weight_scaling.scales.size(), 6U);
}

TEST(OwnCodes, HaveFewerBitsWhereAClipBoundsThem) {
  ModelBuilder builder;
  builder.input("x", {1, 3, 4, 4}).constant("s", real_tensor({0.1F}));
  builder.constant("z", codes_tensor({}, 0, 0, onnx::ElementType::kUint8))
      .constant("most", codes_tensor({}, 7, 7, onnx::ElementType::kUint8));
  add_weights(builder, "w", {2, 3, 1, 1}, 0);
  builder.add("QuantizeLinear", {"x", "s", "z"}, {"q"})
      .add("Clip", {"q", "", "most"}, {"few"})
      .add("DequantizeLinear", {"few", "s", "z"}, {"dq"})
      .add("Conv", {"dq", "w.dq"}, {"y"})
      .output("y");
  const auto layers = expect_one_answer(builder, at::rand({2, 3, 4, 4}));
  EXPECT_EQ(layers.at(0).operands.activation_type, integer::unsigned_codes(3));
}

TEST(OwnCodes, OfLinearLayersOnEitherSideAndOfManyRows) {
  for (const bool is_turned : {false, true}) {
    ModelBuilder builder;
    builder.input("x", {1, 12});
    add_qdq(builder, "x", "q", 0.01F, 0, onnx::ElementType::kInt8);
    const OwnShape dims = is_turned ? OwnShape{5, 12} : OwnShape{12, 5};
    add_weights(builder, "w", dims, is_turned ? 0 : 1);
    builder.constant("b", real_tensor(at::rand({5})));
    builder.add("Gemm", {"q", "w.dq", "b"}, {"y"}, {attribute("transB", is_turned ? 1 : 0)});
    builder.output("y");
    const auto layers = expect_one_answer(builder, at::rand({3, 12}) * 2 - 1);
    EXPECT_EQ(layers.at(0).operands.weight_scaling.scales.size(), 5U);
  }
  ModelBuilder rows;
  rows.input("x", {1, 7, 12});
  add_qdq(rows, "x", "q", 0.01F, 0, onnx::ElementType::kInt8);
  add_weights(rows, "w", {12, 5}, 1);
  rows.add("MatMul", {"q", "w.dq"}, {"y"}).output("y");
  expect_one_answer(rows, at::rand({3, 7, 12}) * 2 - 1);
}

/// An image as codes, then QLinearConv, a pool of codes and QLinearMatMul.
TEST(OwnCodes, AreThoseOfProductsOfCodes) {
  ModelBuilder builder;
  const auto uint8 = onnx::ElementType::kUint8, int8 = onnx::ElementType::kInt8;
  builder.input("x", {1, 3, 6, 6})
      .constant("xs", real_tensor({0.01F}))
      .constant("xz", codes_tensor({}, 128, 128, uint8))
      .constant("w", codes_tensor({4, 3, 3, 3}, -128, 127, int8))
      .constant("ws", real_tensor(at::rand({4}) * 0.01 + 0.002))
      .constant("wz", codes_tensor({4}, 0, 0, int8))
      .constant("b", codes_tensor({4}, -900, 900, onnx::ElementType::kInt32))
      .constant("hs", real_tensor({0.03F}))
      .constant("hz", codes_tensor({}, 50, 50, uint8))
      .constant("v", codes_tensor({16, 5}, -100, 100, int8))
      .constant("vs", real_tensor({0.01F}))
      .constant("vz", codes_tensor({}, 0, 0, int8))
      .constant("ys", real_tensor({0.2F}))
      .constant("yz", codes_tensor({}, 0, 0, int8));
  builder.add("QuantizeLinear", {"x", "xs", "xz"}, {"q"})
      .add("QLinearConv", {"q", "xs", "xz", "w", "ws", "wz", "hs", "hz", "b"}, {"h"})
      .add("MaxPool", {"h"}, {"pool"},
           {attribute("kernel_shape", OwnShape{2, 2}), attribute("strides", OwnShape{2, 2})})
      .add("Flatten", {"pool"}, {"flat"})
      .add("QLinearMatMul", {"flat", "hs", "hz", "v", "vs", "vz", "ys", "yz"}, {"codes"})
      .add("DequantizeLinear", {"codes", "ys", "yz"}, {"y"})
      .output("y");
  const auto layers = expect_one_answer(builder, at::rand({3, 3, 6, 6}) * 2 - 1);
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(layers[0].operands.name, "h");
  EXPECT_EQ(layers[0].operands.activation_type, integer::signed_codes(8));
  EXPECT_EQ(layers[0].operands.weight_scaling.scales.size(), 4U);
  EXPECT_EQ(layers[1].operands.name, "codes");
}

/// Codes whose zero point comes with the image take a bit more.
TEST(OwnCodes, AreThoseOfSumsOfIntegers) {
  ModelBuilder builder;
  const auto int8 = onnx::ElementType::kInt8;
  builder.input("x", {1, 3, 6, 6})
      .constant("w", codes_tensor({4, 3, 3, 3}, -128, 127, int8))
      .constant("wz", codes_tensor({}, 0, 0, int8))
      .constant("ws", real_tensor({0.02F}))
      .constant("v", codes_tensor({64, 5}, -100, 100, int8))
      .constant("hs", real_tensor({0.05F}))
      .constant("hz", codes_tensor({}, 3, 3, int8));
  builder.add("DynamicQuantizeLinear", {"x"}, {"q", "xs", "xz"})
      .add("ConvInteger", {"q", "w", "xz", "wz"}, {"sums"})
      .add("Cast", {"sums"}, {"real"}, {attribute("to", 1)})
      .add("Mul", {"xs", "ws"}, {"scale"})
      .add("Mul", {"real", "scale"}, {"h"})
      .add("QuantizeLinear", {"h", "hs", "hz"}, {"hc"})
      .add("Flatten", {"hc"}, {"flat"})
      .add("MatMulInteger", {"flat", "v", "hz", "wz"}, {"whole"})
      .add("Cast", {"whole"}, {"y"}, {attribute("to", 1)})
      .output("y");
  const auto layers = expect_one_answer(builder, at::rand({3, 3, 6, 6}) * 2 - 1);
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(layers[0].operands.activation_type, integer::signed_codes(9));
  EXPECT_EQ(layers[1].operands.activation_type, integer::signed_codes(9));
  EXPECT_EQ(layers[1].operands.weight_scaling.scales, std::vector<double>{1});
}

TEST(OwnCodes, OfPublishedModelsGiveTheSameByBitPlanesAsByFloats) {
  const auto data = testing::data_folder();
  if (!data || !std::filesystem::exists(*data / "onnx"))
    GTEST_SKIP() << "no real models: set BITLOOM_DATA to a folder with onnx/";
  const torch::NoGradGuard no_gradient;
  int with_codes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*data / "onnx")) {
    const std::string name = entry.path().filename().string();
    const bool is_quantized = name.find("qonnx_") == 0 || name.find("qdq") != std::string::npos ||
                              name.find("qzoo_") == 0 ||
                              name == "ort_conv_follow_convtrans_s8.onnx";
    if (entry.path().extension() != ".onnx" || !is_quantized) continue;
    const pipelines::LoadedWeights weights = loaded(entry.path().string());
    const auto codes = pipelines::own_codes({}, weights, {});
    for (std::size_t i = 0; i < weights.own_layers.size(); ++i)
      std::cout << name << ": " << weights.network.layers[i].name << ": "
                << (codes ? codes->layers[i].why_not : weights.own_layers[i].why_not) << "\n";
    if (!codes) continue;
    ++with_codes;
    std::vector<at::Tensor> inputs;
    for (const graph::NodeId id : weights.network.graph.inputs()) {
      OwnShape shape = weights.network.graph.node(id).shape;
      shape.insert(shape.begin(), 2);
      inputs.push_back(at::rand(shape));
    }
    const auto outputs = [&](Arithmetic arithmetic) {
      return pipelines::own_codes_network(*codes, weights, arithmetic)->run(inputs);
    };
    const auto by_floats = outputs(Arithmetic::kFake), by_planes = outputs(Arithmetic::kInteger);
    for (std::size_t i = 0; i < by_floats.size(); ++i)
      EXPECT_TRUE(at::equal(by_floats[i], by_planes[i])) << name;
  }
  EXPECT_GE(with_codes, 5);
}

}  // namespace
}  // namespace bitloom
