// From a file to the layers that hardware runs.
#include <gtest/gtest.h>

#include "models/graph/layer_shape.h"
#include "models/onnx/import.h"
#include "tests/onnx/model_builder.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using graph::LayerKind;
using graph::Product;
using graph::SecondOperand;
using testing::attribute;
using testing::complaint;
using testing::ModelBuilder;
using Integers = std::vector<std::int64_t>;

class OnnxImport : public ::testing::Test {
 protected:
  std::string write(const ModelBuilder& builder, const std::string& name = "model.onnx") {
    return folder_.write(name, builder.bytes());
  }
  std::vector<graph::LayerShape> layers(const ModelBuilder& builder,
                                        const onnx::InputShapes& shapes = {}) {
    return graph::layers_of(onnx::import_model(write(builder), shapes).graph);
  }
  /// What is wrong with a model, without its folder.
  std::string fault(const ModelBuilder& builder, const onnx::InputShapes& shapes = {}) {
    const std::string path = write(builder);
    return testing::without(complaint([&] { onnx::import_model(path, shapes); }),
                            folder_.path().string() + "/");
  }
  testing::TemporaryFolder folder_;
};

ModelBuilder one_layer(const std::string& op, const onnx::Shape& input, const onnx::Shape& weights,
                       std::vector<onnx::Attribute> attributes = {}) {
  ModelBuilder builder;
  builder.input("x", input).weights("w", weights);
  builder.add(op, {"x", "w"}, {"y"}, std::move(attributes)).output("y");
  return builder;
}

TEST_F(OnnxImport, GivesTheProductOfEachKindOfLayer) {
  const auto only = [&](const ModelBuilder& builder) {
    const auto all = layers(builder);
    EXPECT_EQ(all.size(), 1U);
    return all.at(0);
  };
  const auto conv = only(one_layer("Conv", {1, 6, 9, 7}, {8, 3, 3, 2}, {attribute("group", 2)}));
  EXPECT_EQ(conv.product(), (Product{7 * 6, 3 * 2 * 3, 4, 2, SecondOperand::kWeights}));
  EXPECT_EQ(conv.kind, LayerKind::kConvolution);
  EXPECT_TRUE(conv.reads_input);
  const auto depthwise =
      only(one_layer("Conv", {1, 6, 5, 5}, {6, 1, 3, 3}, {attribute("group", 6)}));
  EXPECT_EQ(depthwise.kind, LayerKind::kDepthwise);
  EXPECT_EQ(only(one_layer("Conv", {1, 3, 4, 5, 6}, {2, 3, 2, 2, 2})).product(),
            (Product{3 * 4 * 5, 3 * 8, 2, 1, SecondOperand::kWeights}));
  EXPECT_EQ(only(one_layer("Conv", {1, 4, 9}, {6, 4, 3})).product(),
            (Product{7, 12, 6, 1, SecondOperand::kWeights}));
  EXPECT_EQ(only(one_layer("ConvTranspose", {1, 4, 5, 5}, {4, 3, 2, 2})).product(),
            (Product{25, 4, 3 * 4, 1, SecondOperand::kWeights}));
  EXPECT_EQ(only(one_layer("Gemm", {1, 3}, {5, 3}, {attribute("transB", 1)})).product(),
            (Product{1, 3, 5, 1, SecondOperand::kWeights}));
  EXPECT_EQ(only(one_layer("MatMul", {1, 7, 3}, {3, 5})).product(),
            (Product{7, 3, 5, 1, SecondOperand::kWeights}));
  ModelBuilder scores;
  scores.input("q", {1, 12, 7, 64}).input("k", {1, 12, 64, 9});
  scores.add("MatMul", {"q", "k"}, {"y"}).output("y");
  EXPECT_EQ(only(scores).product(), (Product{7, 64, 9, 12, SecondOperand::kActivation}));
  ModelBuilder turned;  // W x: the weights become the second operand
  turned.input("x", {7, 3}).weights("w", {5, 7}).add("MatMul", {"w", "x"}, {"y"}).output("y");
  EXPECT_EQ(only(turned).product(), (Product{3, 7, 5, 1, SecondOperand::kWeights}));
}

TEST_F(OnnxImport, TurnsQonnxsChannelsToTheFront) {
  ModelBuilder builder = one_layer("Conv", {1, 9, 7, 3}, {8, 3, 3, 3});
  builder.model.graph.nodes[0].domain = "qonnx.custom_op.channels_last";
  builder.model.opsets["qonnx.custom_op.channels_last"] = 1;
  const auto all = layers(builder);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].name, "y");
  EXPECT_EQ(all[0].product(), (Product{7 * 5, 27, 8, 1, SecondOperand::kWeights}));
  const onnx::Flow flow = onnx::flow_of(builder.model);
  EXPECT_EQ(*flow.values[flow.outputs[0]].dims, (onnx::Shape{1, 7, 5, 8}));
}

TEST_F(OnnxImport, SplitsWhatMakesSeveralProducts) {
  ModelBuilder lstm;
  lstm.input("x", {6, 1, 3}).weights("w", {2, 20, 3}).weights("r", {2, 20, 5});
  lstm.add("LSTM", {"x", "w", "r"}, {"y"}, {attribute("direction", "bidirectional")}).output("y");
  const auto gates = layers(lstm);
  ASSERT_EQ(gates.size(), 2U);
  EXPECT_EQ(gates[0].name, "y.input");
  EXPECT_EQ(gates[0].product(), (Product{6, 3, 40, 1, SecondOperand::kWeights}));
  EXPECT_EQ(gates[1].name, "y.recurrence");
  EXPECT_EQ(gates[1].product(), (Product{6, 5, 20, 2, SecondOperand::kWeights}));
  ModelBuilder attention;
  attention.input("q", {1, 8, 10, 64}).input("k", {1, 2, 12, 64}).input("v", {1, 2, 12, 32});
  attention.add("Attention", {"q", "k", "v"}, {"y"}).output("y");
  const auto products = layers(attention);
  ASSERT_EQ(products.size(), 2U);
  EXPECT_EQ(products[0].product(), (Product{10, 64, 12, 8, SecondOperand::kActivation}));
  EXPECT_EQ(products[1].product(), (Product{10, 12, 32, 8, SecondOperand::kActivation}));
}

TEST_F(OnnxImport, TakesAFunctionsNodesAndTheBranchThatIsKnown) {
  ModelBuilder builder;
  builder.input("x", {1, 3}).weights("w", {3, 4});
  builder.model.functions.push_back({.name = "Layer",
                                     .domain = "mine",
                                     .inputs = {"a", "b"},
                                     .outputs = {"c"},
                                     .attribute_names = {"turn"},
                                     .nodes = {testing::node("Gemm", {"a", "b"}, {"c"})}});
  builder.model.functions[0].nodes[0].attributes.push_back(
      {.name = "transB", .type = 2, .reference = "turn"});
  onnx::Node call = testing::node("Layer", {"x", "w"}, {"h"}, {attribute("turn", 0)});
  call.domain = "mine";
  builder.model.graph.nodes.push_back(call);
  builder.model.opsets["mine"] = 1;
  onnx::GraphBody yes{.nodes = {testing::node("MatMul", {"h", "u"}, {"inner"})}};
  yes.initializers["u"] = onnx::tensor_of(std::vector<float>(8), {4, 2});
  yes.outputs = {{.name = "inner"}};
  onnx::GraphBody no{.nodes = {testing::node("Relu", {"h"}, {"other"})}};
  no.outputs = {{.name = "other"}};
  builder.constant("one", onnx::tensor_of(Integers{1}, {}, onnx::ElementType::kBool));
  builder.add("If", {"one"}, {"y"}, {attribute("then_branch", yes), attribute("else_branch", no)});
  builder.output("y");
  const auto all = layers(builder);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "h/c");
  EXPECT_EQ(all[0].product(), (Product{1, 3, 4, 1, SecondOperand::kWeights}));
  EXPECT_EQ(all[1].name, "y/inner");
  EXPECT_EQ(all[1].product(), (Product{1, 4, 2, 1, SecondOperand::kWeights}));
}

/// Functions of one name are told apart by their overload, and graphs within them see the call.
TEST_F(OnnxImport, TakesTheOverloadThatANodeCalls) {
  ModelBuilder builder;
  builder.input("x", {1, 3}).weights("w", {4, 3});
  const auto function = [](const char* overload, std::vector<onnx::Node> nodes) {
    return onnx::Function{.name = "Layer",
                          .domain = "mine",
                          .overload = overload,
                          .inputs = {"a", "b", "c"},
                          .outputs = {"d"},
                          .attribute_names = {"turn"},
                          .nodes = std::move(nodes)};
  };
  onnx::GraphBody product{.nodes = {testing::node("Gemm", {"a", "b", "c"}, {"e"})}};
  product.nodes[0].attributes.push_back({.name = "transB", .type = 2, .reference = "turn"});
  product.outputs = {{.name = "e"}};
  onnx::Node truth = testing::node("Constant", {}, {"yes"});
  truth.attributes.push_back(
      {.name = "value",
       .type = 4,
       .tensor = onnx::tensor_of(Integers{1}, {}, onnx::ElementType::kBool)});
  builder.model.functions = {
      function("plain", {testing::node("Relu", {"a"}, {"d"})}),
      function("product", {truth, testing::node("If", {"yes"}, {"d"},
                                                {attribute("then_branch", product),
                                                 attribute("else_branch", product)})})};
  onnx::Node call = testing::node("Layer", {"x", "w"}, {"y"}, {attribute("turn", 1)});
  call.domain = "mine";
  call.overload = "product";
  builder.model.graph.nodes.push_back(call);
  builder.model.opsets["mine"] = 1;
  builder.output("y");
  const auto all = layers(builder);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].product(), (Product{1, 3, 4, 1, SecondOperand::kWeights}));
}

TEST_F(OnnxImport, NeedsAVersionOfOnnxsOwnOperators) {
  ModelBuilder builder = one_layer("MatMul", {1, 3}, {3, 4});
  const std::string rest = "; a version of at least 1 would be right";
  builder.model.opsets = {{"mine", 1}};
  EXPECT_EQ(fault(builder),
            "model.onnx: MatMul 'y' is an operator of ONNX, and opset_import has no "
            "version of them" +
                rest);
  builder.model.opsets = {{"", 0}};
  EXPECT_EQ(fault(builder),
            "model.onnx: MatMul 'y' is an operator of ONNX, and opset_import has "
            "version 0 of them" +
                rest);
}

/// Layers of codes keep their names, and their channels may come last.
TEST_F(OnnxImport, ReadsProductsOfCodesAsQuantizedLayers) {
  ModelBuilder builder;
  const auto uint8 = onnx::ElementType::kUint8, int8 = onnx::ElementType::kInt8;
  builder.input("x", {1, 7, 5, 3}, uint8)
      .constant("s", onnx::tensor_of(std::vector<float>{0.5F}, {}))
      .constant("z", onnx::tensor_of(Integers{3}, {}, uint8))
      .constant("wz", onnx::tensor_of(Integers{0}, {}, int8))
      .constant("w", onnx::tensor_of(Integers(216), {8, 3, 3, 3}, int8))
      .constant("v", onnx::tensor_of(Integers(40), {8, 5}, int8));
  builder.add("QLinearConv", {"x", "s", "z", "w", "s", "wz", "s", "z"}, {"c"},
              {attribute("channels_last", 1), attribute("pads", Integers{1, 1, 1, 1})});
  builder.model.graph.nodes[0].domain = "com.microsoft";
  builder.model.opsets["com.microsoft"] = 1;
  builder
      .add("ReduceMean", {"c"}, {"m"},
           {attribute("axes", Integers{1, 2}), attribute("keepdims", 0)})
      .add("MatMulInteger", {"m", "v", "z", "wz"}, {"y"})
      .output("y");
  const onnx::Imported imported = onnx::import_model(write(builder));
  const auto all = graph::layers_of(imported.graph);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "c");
  EXPECT_EQ(all[0].product(), (Product{7 * 5, 27, 8, 1, SecondOperand::kWeights}));
  EXPECT_EQ(all[1].name, "y");
  EXPECT_EQ(all[1].product(), (Product{1, 8, 5, 1, SecondOperand::kWeights}));
}

TEST_F(OnnxImport, SortsNodesAndNamesThoseWithoutNames) {
  ModelBuilder builder;
  builder.input("x", {1, 3}).weights("w", {3, 3});
  builder.add("MatMul", {"h", "w"}, {"y"}).add("MatMul", {"x", "w"}, {"h"}).output("y");
  for (onnx::Node& node : builder.model.graph.nodes) node.name.clear();
  const auto all = layers(builder);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "MatMul_1");
  EXPECT_EQ(all[1].name, "MatMul_0");
}

TEST_F(OnnxImport, TakesOneOfTheImagesThatAFileStates) {
  ModelBuilder images = one_layer("Conv", {16, 3, 8, 8}, {4, 3, 3, 3});
  const onnx::Imported imported = onnx::import_model(write(images));
  EXPECT_EQ(imported.batch, 16);
  EXPECT_EQ(graph::layers_of(imported.graph)[0].output_pixels(), 36);
  // The rows of a product with itself transposed are no images.
  ModelBuilder rows;
  rows.input("x", {16, 8}).add("Transpose", {"x"}, {"t"}).add("MatMul", {"x", "t"}, {"y"});
  rows.output("y");
  const onnx::Imported whole = onnx::import_model(write(rows));
  EXPECT_EQ(whole.batch, 1);
  EXPECT_EQ(graph::layers_of(whole.graph)[0].product(),
            (Product{16, 8, 16, 1, SecondOperand::kActivation}));
}

TEST_F(OnnxImport, KnowsWhichLayersReadValuesBelowZero) {
  ModelBuilder builder;
  builder.input("x", {1, 3, 4, 4}).weights("w", {3, 3, 1, 1});
  builder.add("Conv", {"x", "w"}, {"a"})
      .add("Relu", {"a"}, {"r"})
      .add("MaxPool", {"r"}, {"p"}, {attribute("kernel_shape", Integers{2, 2})})
      .add("Conv", {"p", "w"}, {"b"})
      .add("Conv", {"b", "w"}, {"y"})
      .output("y");
  const auto all = layers(builder);
  EXPECT_TRUE(all.at(0).signed_activations);
  EXPECT_FALSE(all.at(1).signed_activations);
  EXPECT_TRUE(all.at(2).signed_activations);
  EXPECT_EQ(all.at(0).read_by, std::vector<std::string>{"b"});
}

TEST_F(OnnxImport, AsksForSizesThatAFileLeavesOpen) {
  ModelBuilder builder = one_layer("Conv", {-1, 3, -1, -1}, {4, 3, 3, 3});
  EXPECT_EQ(fault(builder),
            "model.onnx: input 'x' is n,3,n,n, which leaves sizes open: give them with --input "
            "x=1,3,N,N");
  EXPECT_EQ(layers(builder, {{"x", {1, 3, 8, 6}}})[0].output_pixels(), 24);
  EXPECT_EQ(layers(builder, {{"", {1, 3, 8, 6}}})[0].output_pixels(), 24);
  EXPECT_EQ(fault(builder, {{"x", {1, 3}}}),
            "model.onnx: --input x: has 4 dimensions in the model: n,3,n,n");
  EXPECT_EQ(fault(builder, {{"z", {1}}}),
            "model.onnx: unknown input 'z': did you mean x? (known: x)");
}

TEST_F(OnnxImport, SaysWhyAProductCannotBePriced) {
  ModelBuilder builder;
  builder.input("x", {1, 6}).input("to", {2}, onnx::ElementType::kInt64).weights("w", {3, 4});
  builder.add("Reshape", {"x", "to"}, {"r"}).add("MatMul", {"r", "w"}, {"y"}).output("y");
  EXPECT_EQ(fault(builder),
            "model.onnx: MatMul 'y' cannot be priced: Reshape 'r': its input 'to' is not known "
            "before the network runs");
}

TEST_F(OnnxImport, CountsProductsThatRunAsOftenAsDataSay) {
  ModelBuilder builder = one_layer("Gemm", {1, 3}, {3, 4});
  onnx::GraphBody body{.nodes = {testing::node("MatMul", {"y", "u"}, {"z"})}};
  body.outputs = {{.name = "z"}};
  builder.input("runs", {1}, onnx::ElementType::kInt64).weights("u", {4, 4});
  builder.add("Loop", {"runs", "", "y"}, {"end"}, {attribute("body", body)}).output("end");
  const onnx::Imported imported = onnx::import_model(write(builder));
  EXPECT_EQ(imported.unpriced, (std::map<std::string, int>{{"Loop 'end'", 1}}));
  EXPECT_EQ(graph::layers_of(imported.graph).size(), 1U);
}

TEST_F(OnnxImport, RefusesGraphsThatAreNone) {
  ModelBuilder cycle;
  cycle.input("x", {1, 3}).add("Add", {"x", "b"}, {"a"}).add("Relu", {"a"}, {"b"}).output("b");
  EXPECT_EQ(fault(cycle), "model.onnx: Add 'a' waits for its own result: the graph has a cycle");
  ModelBuilder missing;
  missing.input("x", {1, 3}).add("Add", {"x", "b"}, {"a"}).output("a");
  EXPECT_EQ(fault(missing), "model.onnx: Add 'a' reads 'b', which nothing gives");
  ModelBuilder twice;
  twice.input("x", {1}).add("Relu", {"x"}, {"a"}).add("Abs", {"x"}, {"a"}).output("a");
  EXPECT_EQ(fault(twice), "model.onnx: 'a' is given by two nodes");
  ModelBuilder endless;
  endless.input("x", {1, 3});
  endless.model.functions.push_back({.name = "F",
                                     .domain = "mine",
                                     .inputs = {"a"},
                                     .outputs = {"b"},
                                     .nodes = {testing::node("F", {"a"}, {"b"})}});
  endless.model.functions[0].nodes[0].domain = "mine";
  onnx::Node call = testing::node("F", {"x"}, {"y"});
  call.domain = "mine";
  endless.model.graph.nodes.push_back(call);
  endless.output("y");
  EXPECT_EQ(fault(endless), "model.onnx: functions call each other more than 64 deep");
}

TEST_F(OnnxImport, CountsWeightsThatConvolutionsShareOnce) {
  ModelBuilder builder;
  builder.input("x", {1, 3, 8, 8}).weights("w", {3, 3, 3, 3});
  builder.add("Conv", {"x", "w"}, {"first"}).add("Conv", {"first", "w"}, {"line\nbreak"});
  builder.output("line\nbreak");
  const auto layers =
      graph::layers_of(onnx::import_model(folder_.write("m.onnx", builder.bytes())).graph);
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(layers[0].stored_weights(), 81);
  EXPECT_EQ(layers[1].stored_weights(), 0);
  EXPECT_EQ(layers[1].weights_of, "first");
  EXPECT_EQ(layers[1].name, "line?break");
}

TEST_F(OnnxImport, KnowsThatQuantizersKeepTheSign) {
  for (const bool is_rectified : {false, true}) {
    ModelBuilder builder;
    builder.input("x", {1, 3, 8, 8}).weights("w", {3, 3, 3, 3}).weights("s", {});
    builder.add(is_rectified ? "Relu" : "Tanh", {"x"}, {"y"})
        .add("QuantizeLinear", {"y", "s"}, {"q"})
        .add("DequantizeLinear", {"q", "s"}, {"d"})
        .add("Conv", {"d", "w"}, {"z"})
        .output("z");
    const auto layers =
        graph::layers_of(onnx::import_model(folder_.write("m.onnx", builder.bytes())).graph);
    EXPECT_EQ(layers.at(0).signed_activations, !is_rectified);
  }
}

TEST_F(OnnxImport, BoundsWhatCallsOfCallsPutInTheirPlaces) {
  const auto nested = [&](int levels) {
    ModelBuilder builder;
    builder.input("x", {1, 4}).add("F0", {"x"}, {"y"}).output("y");
    builder.model.graph.nodes[0].domain = "mine";
    builder.model.opsets["mine"] = 1;
    for (int i = 0; i < levels; ++i) {
      const std::string inner = i + 1 < levels ? "F" + std::to_string(i + 1) : "Relu";
      onnx::Function function{
          .name = "F" + std::to_string(i),
          .domain = "mine",
          .inputs = {"a"},
          .outputs = {"c"},
          .nodes = {testing::node(inner, {"a"}, {"b"}), testing::node(inner, {"b"}, {"c"})}};
      if (i + 1 < levels)
        for (onnx::Node& each : function.nodes) each.domain = "mine";
      builder.model.functions.push_back(std::move(function));
    }
    return builder;
  };
  EXPECT_EQ(onnx::import_model(write(nested(10))).beside.at("Relu"), 1024);
  EXPECT_EQ(fault(nested(41)),
            "model.onnx: its 83 nodes call functions that call each other: in their places there "
            "would be more than 21696; functions with fewer calls would be right");
}

TEST_F(OnnxImport, PricesWithoutTheFilesThatHoldWeights) {
  ModelBuilder builder = one_layer("Gemm", {1, 3}, {3, 4});
  std::string bytes = builder.bytes();
  EXPECT_TRUE(onnx::is_model_file("a/B.ONNX"));
  EXPECT_FALSE(onnx::is_model_file(".onnx"));
  // The tensor's data_location becomes EXTERNAL, its place a file that is not there.
  onnx::Model model = builder.model;
  const std::string path = folder_.write("model.onnx", bytes);
  onnx::Model read = onnx::read_model(path);
  onnx::Tensor& weights = read.graph.initializers.at("w");
  weights.storage = onnx::Tensor::Storage::kExternal;
  weights.external = {"absent.bin", 0, 48};
  const onnx::Flow flow = onnx::flow_of(read);
  EXPECT_EQ(*flow.values[flow.outputs[0]].dims, (onnx::Shape{1, 4}));
  EXPECT_EQ(testing::without(complaint([&] { onnx::elements_of(weights); }),
                             folder_.path().string() + "/"),
            "absent.bin: no such file");
  weights.external.location = "../secret";
  EXPECT_EQ(complaint([&] { onnx::elements_of(weights); }),
            "tensor 'w': its file '../secret' must lie in the model's own folder");
}

}  // namespace
}  // namespace bitloom
