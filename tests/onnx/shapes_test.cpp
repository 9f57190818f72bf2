// The shapes of results, by the operators' specifications (https://onnx.ai/onnx/operators).
#include <gtest/gtest.h>

#include "models/onnx/inference/flow.h"
#include "tests/onnx/model_builder.h"
#include "tests/support/complaint.h"

namespace bitloom {
namespace {

using testing::attribute;
using testing::ModelBuilder;
using Shape = onnx::Shape;
using Attributes = std::vector<onnx::Attribute>;
using Integers = std::vector<std::int64_t>;

struct Case {
  std::string op;
  std::vector<Shape> inputs;
  Attributes attributes;
  Shape result;
  std::vector<Integers> constants = {};  // inputs behind the others
};

/// The shape of the node's first output, or why it is not known.
std::string result_of(const Case& of) {
  ModelBuilder builder;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < of.inputs.size(); ++i) {
    names.push_back("x" + std::to_string(i));
    builder.input(names.back(), of.inputs[i]);
  }
  for (std::size_t i = 0; i < of.constants.size(); ++i) {
    names.push_back("c" + std::to_string(i));
    builder.integers(names.back(), of.constants[i]);
  }
  builder.add(of.op, names, {"y"}, of.attributes).output("y");
  const onnx::Flow flow = onnx::flow_of(builder.model);
  const onnx::Value& y = flow.values[flow.outputs[0]];
  return y.dims ? graph::to_text(*y.dims) : y.why_unknown;
}

TEST(OnnxShapes, FollowTheOperators) {
  const std::vector<Case> cases{
      {"Relu", {{2, 3}}, {}, {2, 3}},
      {"Add", {{2, 1, 4}, {3, 1}}, {}, {2, 3, 4}},
      {"Where", {{4}, {3, 1}, {1}}, {}, {3, 4}},
      {"Conv", {{1, 3, 32, 32}, {8, 3, 3, 3}}, {}, {1, 8, 30, 30}},
      {"Conv",
       {{1, 3, 32, 30}, {8, 3, 3, 3}},
       {attribute("pads", Integers{1, 1, 1, 1}), attribute("strides", Integers{2, 2})},
       {1, 8, 16, 15}},
      {"Conv",
       {{1, 4, 9}, {6, 2, 3}},
       {attribute("group", 2), attribute("dilations", Integers{2})},
       {1, 6, 5}},
      {"Conv", {{1, 1, 5, 5, 5}, {2, 1, 2, 3, 4}}, {}, {1, 2, 4, 3, 2}},
      {"Conv",
       {{1, 3, 33, 33}, {8, 3, 3, 3}},
       {attribute("auto_pad", "SAME_UPPER"), attribute("strides", Integers{2, 2})},
       {1, 8, 17, 17}},
      {"ConvTranspose",
       {{1, 4, 5, 5}, {4, 3, 3, 3}},
       {attribute("strides", Integers{2, 2}), attribute("output_padding", Integers{1, 1})},
       {1, 3, 12, 12}},
      {"MaxPool",
       {{1, 8, 7, 7}},
       {attribute("kernel_shape", Integers{3, 3}), attribute("strides", Integers{2, 2})},
       {1, 8, 3, 3}},
      {"MaxPool",
       {{1, 8, 8, 8}},
       {attribute("kernel_shape", Integers{3, 3}), attribute("strides", Integers{2, 2}),
        attribute("ceil_mode", 1)},
       {1, 8, 4, 4}},
      // The fourth window would start at 6, beyond the input and its padding.
      {"AveragePool",
       {{1, 1, 5}},
       {attribute("kernel_shape", Integers{1}), attribute("strides", Integers{2}),
        attribute("ceil_mode", 1)},
       {1, 1, 3}},
      {"GlobalAveragePool", {{1, 8, 7, 5}}, {}, {1, 8, 1, 1}},
      {"Gemm", {{2, 3}, {5, 3}}, {attribute("transB", 1)}, {2, 5}},
      {"MatMul", {{7, 1, 2, 3}, {4, 3, 5}}, {}, {7, 4, 2, 5}},
      {"MatMul", {{3}, {3, 5}}, {}, {5}},
      {"Einsum", {{2, 3, 4}, {2, 4, 5}}, {attribute("equation", "bij,bjk->bik")}, {2, 3, 5}},
      {"Reshape", {{2, 3, 4}}, {}, {2, 12}, {{0, -1}}},
      {"Flatten", {{2, 3, 4}}, {attribute("axis", 2)}, {6, 4}},
      {"Squeeze", {{1, 3, 1}}, {}, {3, 1}, {{0}}},
      {"Unsqueeze", {{3, 4}}, {}, {3, 1, 4, 1}, {{1, -1}}},
      {"Transpose", {{2, 3, 4}}, {attribute("perm", Integers{2, 0, 1})}, {4, 2, 3}},
      {"Concat", {{2, 3}, {2, 5}}, {attribute("axis", -1)}, {2, 8}},
      {"Split", {{7, 2}}, {}, {7, 2}},
      {"Slice", {{10, 4}}, {}, {3, 4}, {{1}, {7}, {0}, {2}}},
      {"Slice", {{10}}, {}, {10}, {{-1}, {-100}, {0}, {-1}}},
      {"Gather", {{5, 6}, {2, 2}}, {attribute("axis", 1)}, {5, 2, 2}},
      {"GatherND", {{2, 3, 4}, {5, 2}}, {}, {5, 4}},
      {"Expand", {{3, 1}}, {}, {2, 3, 4}, {{2, 1, 4}}},
      {"Tile", {{2, 3}}, {}, {4, 3}, {{2, 1}}},
      {"Pad", {{2, 3}}, {}, {3, 6}, {{0, 1, 1, 2}}},
      {"ReduceMean", {{2, 3, 4}}, {attribute("axes", Integers{-1})}, {2, 3, 1}},
      {"ReduceSum", {{2, 3}}, {attribute("keepdims", 0)}, {}},
      {"ArgMax", {{2, 3}}, {attribute("axis", 1), attribute("keepdims", 0)}, {2}},
      {"DepthToSpace", {{1, 8, 2, 3}}, {attribute("blocksize", 2)}, {1, 2, 4, 6}},
      {"TopK", {{2, 9}}, {}, {2, 4}, {{4}}},
      {"LSTM", {{6, 1, 3}, {1, 20, 3}, {1, 20, 5}}, {}, {6, 1, 1, 5}},
      {"FusedMatMul",
       {{5, 2, 3, 4}, {2, 3, 7, 4}},
       {attribute("transBatchA", 1), attribute("transB", 1)},
       {2, 3, 5, 7}},
      {"FusedMatMul",
       {{4, 2, 5}, {7, 2, 4}},
       {attribute("transBatchA", 1), attribute("transA", 1), attribute("transBatchB", 1),
        attribute("transB", 1)},
       {2, 5, 7}},
      {"QLinearConcat", {{}, {}, {2, 3}, {}, {}, {2, 5}, {}, {}}, {attribute("axis", 1)}, {2, 8}},
      {"QGemm", {{4, 3}, {}, {}, {7, 3}, {}, {}}, {attribute("transB", 1)}, {4, 7}},
      {"Resize",
       {{1, 1, 4, 8}, {}, {}},
       {attribute("axes", Integers{2, 3}), attribute("keep_aspect_ratio_policy", "not_larger")},
       {1, 1, 4, 8},
       {{8, 8}}},
      {"Resize",
       {{1, 1, 4, 8}, {}, {}},
       {attribute("axes", Integers{2, 3}), attribute("keep_aspect_ratio_policy", "not_smaller")},
       {1, 1, 8, 16},
       {{8, 8}}},
      // 3 * 7 / 2 is 10.5, whose half goes up.
      {"Resize",
       {{2, 3}, {}, {}},
       {attribute("keep_aspect_ratio_policy", "not_smaller")},
       {7, 11},
       {{7, 4}}},
  };
  for (const Case& each : cases) EXPECT_EQ(result_of(each), graph::to_text(each.result)) << each.op;
}

/// In single precision 10 * 0.7 is 7, though 0.7 as a float is below 0.7.
TEST(OnnxShapes, OfScalesAreFoundInSinglePrecision) {
  ModelBuilder builder;
  builder.input("x", {10}).constant("scales", onnx::tensor_of(std::vector<float>{0.7F}, {1}));
  builder.add("Resize", {"x", "", "scales"}, {"y"}).output("y");
  const onnx::Flow flow = onnx::flow_of(builder.model);
  EXPECT_EQ(flow.values[flow.outputs[0]].dims, Shape{7});
}

TEST(OnnxShapes, OfChannelsThatComeLastAreTurned) {
  for (const std::string op : {"QLinearGlobalAveragePool", "QLinearAveragePool"}) {
    ModelBuilder builder;
    builder.input("x", {1, 6, 8, 3}, onnx::ElementType::kUint8);
    builder.add(op, {"x", "x"}, {"y"},
                {attribute("channels_last", 1), attribute("kernel_shape", Integers{2, 2})});
    builder.model.graph.nodes[0].domain = "com.microsoft";
    builder.output("y");
    const onnx::Flow flow = onnx::flow_of(builder.model);
    const bool is_global = op == "QLinearGlobalAveragePool";
    EXPECT_EQ(flow.values[flow.outputs[0]].dims,
              (is_global ? Shape{1, 1, 1, 3} : Shape{1, 5, 7, 3}))
        << op;
  }
}

TEST(OnnxShapes, SayWhatDoesNotFit) {
  EXPECT_EQ(result_of({"MatMul", {{2, 3}, {4, 5}}, {}, {}}), "MatMul 'y': multiplies 2x3 by 4x5");
  EXPECT_EQ(result_of({"Add", {{2, 3}, {4}}, {}, {}}), "Add 'y': 2x3 and 4 do not fit");
  EXPECT_EQ(result_of({"Reshape", {{6}}, {}, {}, {{4, -1}}}), "Reshape 'y': makes 4x-1 of 6");
  EXPECT_EQ(result_of({"Reshape", {{6}, {2}}, {}, {}}),
            "Reshape 'y': its input 'x1' is not known before the network runs");
  EXPECT_EQ(result_of({"Split", {{6}}, {}, {}, {{4, 3}}}),
            "Split 'y': its parts are none of 6 "
            "elements");
  EXPECT_EQ(result_of({"Conv", {{1, 3, 2, 2}, {8, 3, 3, 3}}, {}, {}}),
            "Conv 'y': a window of 3 elements over 2");
  EXPECT_EQ(result_of({"Conv", {{1, 4, 9, 9}, {8, 3, 3, 3}}, {}, {}}),
            "Conv 'y': weights of 8x3x3x3 in 1 groups do not fit an input of 1x4x9x9");
}

TEST(OnnxShapes, OfUnknownOperatorsAreTheirOnlyInputsAndCounted) {
  ModelBuilder builder;
  builder.input("x", {1, 3}).weights("w", {7});
  builder.add("Wobble", {"x", "w"}, {"y"}).add("Wobble", {"y", "x"}, {"z"}).output("z");
  const onnx::Flow flow = onnx::flow_of(builder.model);
  EXPECT_EQ(flow.unknown_operators.at("Wobble"), 1);
  EXPECT_EQ(flow.values[flow.outputs[0]].why_unknown, "Wobble 'z': what it computes is not known");
}

/// What a model works out of its input's shape: [N, C * H * W].
TEST(OnnxShapes, AreWorkedOutWhereModelsComputeThem) {
  ModelBuilder builder;
  builder.input("x", {-1, 2, 3, 5}).integers("zero", {0}).integers("minus", {-1});
  builder.add("Shape", {"x"}, {"shape"})
      .add("Gather", {"shape", "zero"}, {"n"})
      .add("Concat", {"n", "minus"}, {"to"}, {attribute("axis", 0)})
      .add("Cast", {"to"}, {"real"}, {attribute("to", 1)})
      .add("Floor", {"real"}, {"floor"})
      .add("Cast", {"floor"}, {"whole"}, {attribute("to", 7)})
      .add("Reshape", {"x", "whole"}, {"y"})
      .output("y");
  EXPECT_EQ(*onnx::flow_of(builder.model).values.back().dims, (Shape{1, 30}));
  const onnx::Flow of_four = onnx::flow_of(builder.model, {{"x", {4, 2, 3, 5}}});
  EXPECT_EQ(*of_four.values[of_four.outputs[0]].dims, (Shape{4, 30}));
  EXPECT_EQ(of_four.steps.size(), 1U);  // the others need not run
}

/// Values of a model that computes nothing but constants.
TEST(OnnxShapes, FoldNumbersAsOnnxComputesThem) {
  const auto folded = [](const std::string& op, const std::vector<Integers>& inputs,
                         const Attributes& attributes = {}) {
    ModelBuilder builder;
    std::vector<std::string> names;
    for (const Integers& values : inputs) {
      names.push_back("c" + std::to_string(names.size()));
      builder.integers(names.back(), values);
    }
    builder.input("x", {1}).add(op, names, {"y"}, attributes).output("y");
    const onnx::Flow flow = onnx::flow_of(builder.model);
    const onnx::Value& y = flow.values[flow.outputs[0]];
    return y.tensor ? onnx::integers_of(*y.tensor) : Integers{-999};
  };
  EXPECT_EQ(folded("Add", {{1, 2}, {10}}), (Integers{11, 12}));
  EXPECT_EQ(folded("Div", {{7, -7}, {2}}), (Integers{3, -3}));  // toward 0
  EXPECT_EQ(folded("Div", {{7}, {0}}), Integers{-999});
  EXPECT_EQ(folded("Mod", {{7, -7}, {3}}), (Integers{1, 2}));
  EXPECT_EQ(folded("Mul", {{1LL << 40}, {3}}), Integers{3LL << 40});
  EXPECT_EQ(folded("Gather", {{5, 6, 7}, {-1, 0}}), (Integers{7, 5}));
  EXPECT_EQ(folded("Slice", {{0, 1, 2, 3, 4}, {-2}, {-100}, {0}, {-2}}), (Integers{3, 1}));
  EXPECT_EQ(folded("Concat", {{1}, {2, 3}}, {attribute("axis", 0)}), (Integers{1, 2, 3}));
  EXPECT_EQ(folded("Split", {{1, 2, 3}, {1, 2}}, {attribute("axis", 0)}), Integers{1});
  EXPECT_EQ(folded("Expand", {{7}, {3}}), (Integers{7, 7, 7}));
  EXPECT_EQ(folded("ReduceProd", {{2, 3, 4}}, {attribute("keepdims", 1)}), Integers{24});
  EXPECT_EQ(folded("Equal", {{1, 2}, {1, 3}}), (Integers{1, 0}));
  EXPECT_EQ(folded("Where", {{1, 0}, {5, 5}, {6, 7}}), (Integers{5, 7}));
  EXPECT_EQ(folded("Squeeze", {{9}}), Integers{9});
}

}  // namespace
}  // namespace bitloom
