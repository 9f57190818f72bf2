// Whole models: order, functions, branches, loops, types, and errors.
#include <gtest/gtest.h>

#include "tests/onnx_run/one_node.h"
#include "tests/support/complaint.h"

namespace bitloom {
namespace {

using testing::complaint;
using testing::floats;
using testing::integer;
using testing::model_of;
using testing::node_of;
using testing::number;

using Floats = std::vector<float>;

onnx::Node named(const std::string& op, const std::vector<std::string>& inputs,
                 const std::string& output) {
  onnx::Node node = node_of(op, 17, 0);
  node.inputs = inputs;
  node.outputs = {output};
  return node;
}

onnx::Attribute graph_in(const std::string& name, const onnx::Model& model) {
  onnx::Attribute attribute;
  attribute.name = name;
  attribute.body = std::make_shared<const onnx::GraphBody>(model.graph);
  return attribute;
}

TEST(Run, SortsNodes) {
  const auto model =
      model_of({named("Mul", {"b", "b"}, "y"), named("Add", {"x", "x"}, "b")}, {"x"}, {"y"});
  EXPECT_EQ(floats(nn::onnx::run(model, {number(3)})[0]), Floats{36});
}

TEST(Run, TakesConstantsOfTheModel) {
  auto model = model_of({named("Add", {"x", "w"}, "y")}, {"x"}, {"y"});
  model.graph.initializers["w"] = onnx::tensor_of(std::vector<float>{1, 2}, {2});
  EXPECT_EQ(floats(nn::onnx::run(model, {number(3)})[0]), (Floats{4, 5}));
}

TEST(Run, GivesBranchesTheValuesAround) {
  const auto then = model_of({named("Add", {"x", "x"}, "t")}, {}, {"t"});
  const auto otherwise = model_of({named("Neg", {"x"}, "e")}, {}, {"e"});
  onnx::Node branch = named("If", {"c"}, "y");
  branch.attributes = {graph_in("then_branch", then), graph_in("else_branch", otherwise)};
  const auto model = model_of({branch}, {"c", "x"}, {"y"});
  EXPECT_EQ(floats(nn::onnx::run(model, {at::scalar_tensor(true), number(3)})[0]), Floats{6});
  EXPECT_EQ(floats(nn::onnx::run(model, {at::scalar_tensor(false), number(3)})[0]), Floats{-3});
}

TEST(Run, CarriesStateThroughLoops) {
  const auto body = model_of({named("Identity", {"c"}, "c1"), named("Add", {"s", "x"}, "s1")},
                             {"i", "c", "s"}, {"c1", "s1", "s1"});
  onnx::Node loop = named("Loop", {"n", "", "x"}, "last");
  loop.outputs = {"last", "all"};
  loop.attributes = {graph_in("body", body)};
  const auto model = model_of({loop}, {"n", "x"}, {"last", "all"});
  const auto y = nn::onnx::run(model, {at::scalar_tensor(3, at::kLong), number(2)});
  EXPECT_EQ(floats(y[0]), Floats{8});
  EXPECT_EQ(floats(y[1]), (Floats{4, 6, 8}));
}

/// y = LeakyRelu(x) with the caller's `slope`.
onnx::Function sloped() {
  onnx::Function function;
  function.name = "Sloped";
  function.domain = "mine";
  function.inputs = {"a"};
  function.outputs = {"b"};
  function.attribute_names = {"slope"};
  onnx::Node node = named("LeakyRelu", {"a"}, "b");
  onnx::Attribute alpha;
  alpha.name = "alpha";
  alpha.reference = "slope";
  node.attributes = {alpha};
  function.nodes = {node};
  return function;
}

TEST(Run, GivesFunctionsTheAttributesOfTheirCalls) {
  onnx::Node call = named("Sloped", {"x"}, "y");
  call.domain = "mine";
  auto model = model_of({call}, {"x"}, {"y"});
  model.functions = {sloped()};
  EXPECT_EQ(floats(nn::onnx::run(model, {number(-100)})[0]), Floats{-1});  // LeakyRelu's own
  onnx::Attribute slope;
  slope.name = "slope";
  slope.real = 0.5F;
  model.functions[0].defaults = {slope};
  EXPECT_EQ(floats(nn::onnx::run(model, {number(-100)})[0]), Floats{-50});
  slope.real = 0.25F;
  model.graph.nodes[0].attributes = {slope};
  EXPECT_EQ(floats(nn::onnx::run(model, {number(-100)})[0]), Floats{-25});
}

TEST(Run, TakesTheOverloadThatANodeCalls) {
  onnx::Node call = named("Sloped", {"x"}, "y");
  call.domain = "mine";
  call.overload = "second";
  auto model = model_of({call}, {"x"}, {"y"});
  model.functions = {sloped(), sloped()};
  model.functions[1].overload = "second";
  model.functions[1].nodes[0].op = "Neg";
  EXPECT_EQ(floats(nn::onnx::run(model, {number(-100)})[0]), Floats{100});
}

TEST(Run, EndsFunctionsThatCallThemselves) {
  onnx::Node call = named("Sloped", {"x"}, "y");
  call.domain = "mine";
  auto model = model_of({call}, {"x"}, {"y"});
  model.functions = {sloped()};
  model.functions[0].nodes[0].op = "Sloped";
  model.functions[0].nodes[0].domain = "mine";
  EXPECT_EQ(complaint([&] { nn::onnx::run(model, {number(1)}); }),
            "m.onnx: graphs call each other more than 100 deep");
}

TEST(Run, WrapsNumbersOfTypesThatLibTorchLacks) {
  auto model = model_of({named("Add", {"x", "x"}, "y")}, {"x"}, {"y"});
  model.graph.inputs[0].type = onnx::ElementType::kUint16;
  EXPECT_EQ(floats(nn::onnx::run(model, {at::tensor({40000, 3}, at::kInt)})[0]),
            (Floats{14464, 6}));
  model.graph.inputs[0].type = onnx::ElementType::kInt4;
  EXPECT_EQ(floats(nn::onnx::run(model, {at::tensor({7, -8}, at::kChar)})[0]), (Floats{-2, 0}));
}

TEST(Run, SaturatesCodesOfFourBits) {
  auto model = model_of({named("QuantizeLinear", {"x", "s", "z"}, "y")}, {"x", "s", "z"}, {"y"});
  model.graph.inputs[2].type = onnx::ElementType::kInt4;
  const auto y =
      nn::onnx::run(model, {at::tensor({-20.F, 2.5F, 20.F}), number(1), at::zeros({}, at::kChar)});
  EXPECT_EQ(floats(y[0]), (Floats{-8, 2, 7}));
}

TEST(Run, RoundsFloatsOf16BitsOnceForEachNode) {
  const auto model = model_of({named("MatMul", {"x", "x"}, "y")}, {"x"}, {"y"});
  const auto y = nn::onnx::run(model, {at::full({1, 1}, 1.0625F, at::kHalf)});
  EXPECT_EQ(y[0].scalar_type(), at::kHalf);
  EXPECT_EQ(floats(y[0]), Floats{1.12890625F});
}

TEST(Run, NamesTheNodeThatCannotRun) {
  auto model = model_of({named("Add", {"x", "x"}, "y")}, {"x"}, {"y"});
  const auto said = [&](const at::Tensor& x) {
    return complaint([&] { nn::onnx::run(model, {x}); });
  };
  model.graph.nodes[0].op = "Frobnicate";
  EXPECT_EQ(said(number(1)), "m.onnx: Frobnicate of 'y': operator Frobnicate is not known");
  model.graph.nodes[0].name = "first";
  model.graph.nodes[0].domain = "mine";
  EXPECT_EQ(said(number(1)), "m.onnx: Frobnicate 'first': operator mine.Frobnicate is not known");
  model = model_of({named("Concat", {"x", "w"}, "y")}, {"x"}, {"y"});
  EXPECT_EQ(said(number(1)), "m.onnx: Concat of 'y': nothing gives 'w'");
  model = model_of({named("Softmax", {"x"}, "y")}, {"x"}, {"y"});
  model.graph.nodes[0].attributes = {integer("axis", 5)};
  EXPECT_EQ(said(at::zeros({2, 2})), "m.onnx: Softmax of 'y': axis 5 of a tensor of 2 dimensions");
  model = model_of({named("MatMul", {"x", "x"}, "y")}, {"x"}, {"y"});
  EXPECT_EQ(said(at::zeros({2, 3})).find("m.onnx: MatMul of 'y': "), 0u);
  EXPECT_EQ(said(at::zeros({2, 3})).find('\n'), std::string::npos);
  EXPECT_EQ(complaint([&] { nn::onnx::run(model, {}); }), "m.onnx: a graph takes 1 inputs, not 0");
}

TEST(Run, RefusesAxesThatAreNamedTwice) {
  const auto squeeze = node_of("Squeeze", 13, 2);
  EXPECT_EQ(complaint([&] {
              testing::outputs_of(squeeze, {at::zeros({1}), at::tensor({0, -1}, at::kLong)});
            }),
            "axis 0 is named twice");
}

TEST(Run, RefusesCycles) {
  const auto model =
      model_of({named("Add", {"x", "b"}, "a"), named("Neg", {"a"}, "b")}, {"x"}, {"b"});
  EXPECT_NE(complaint([&] { nn::onnx::run(model, {number(1)}); }).find("cycle"), std::string::npos);
}

TEST(Arithmetic, OfWholeNumbersNeverTraps) {
  const at::Tensor least = at::full({1}, std::numeric_limits<std::int64_t>::min(), at::kLong);
  const at::Tensor minus_one = at::full({1}, -1, at::kLong);
  const auto y = testing::outputs_of(node_of("Div", 14, 2), {least, minus_one})[0];
  EXPECT_EQ(y.item<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
  const auto rest = testing::outputs_of(node_of("Mod", 13, 2), {least, minus_one})[0];
  EXPECT_EQ(rest.item<std::int64_t>(), 0);
}

}  // namespace
}  // namespace bitloom
