// Files of ONNX, right and damaged.
#include <gtest/gtest.h>

#include <random>

#include "models/graph/layer_shape.h"
#include "models/onnx/import.h"
#include "tests/onnx/model_builder.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::attribute;
using testing::complaint;
using testing::ModelBuilder;
using Integers = std::vector<std::int64_t>;

/// A model with a little of everything.
ModelBuilder varied_model() {
  ModelBuilder builder;
  builder.input("x", {-1, 3, 8, 8}).weights("w", {4, 3, 3, 3}).integers("to", {0, -1});
  builder.weights("u", {144, 5});
  onnx::GraphBody branch{.nodes = {testing::node("Relu", {"y"}, {"inner"})}};
  branch.outputs = {{.name = "inner"}};
  builder.constant("yes", onnx::tensor_of(Integers{1}, {}, onnx::ElementType::kBool));
  builder.add("Conv", {"x", "w"}, {"c"}, {attribute("pads", Integers{0, 0, 0, 0})})
      .add("Reshape", {"c", "to"}, {"r"})
      .add("MatMul", {"r", "u"}, {"y"})
      .add("If", {"yes"}, {"z"}, {attribute("then_branch", branch)})
      .output("z");
  return builder;
}

TEST(OnnxFile, ReadsBackWhatIsWritten) {
  const testing::TemporaryFolder folder;
  const ModelBuilder builder = varied_model();
  const onnx::Model model = onnx::read_model(folder.write("m.onnx", builder.bytes()));
  EXPECT_EQ(onnx::model_bytes(model), builder.bytes());
  EXPECT_EQ(model.ir_version, 8);
  ASSERT_EQ(model.graph.nodes.size(), 4U);
  EXPECT_EQ(model.graph.nodes[0].opset, 17);
  EXPECT_EQ(model.graph.nodes[0].integers("pads"), (Integers{0, 0, 0, 0}));
  EXPECT_EQ(model.graph.nodes[3].attribute("then_branch")->body->nodes[0].opset, 17);
  EXPECT_EQ(onnx::integers_of(model.graph.initializers.at("to")), (Integers{0, -1}));
}

/// The elements of TensorProto in each of the fields that may hold them.
TEST(OnnxFile, ReadsElementsWhereverTheyLie) {
  const testing::TemporaryFolder folder;
  const auto tensor = [&](const std::string& bytes) {
    return onnx::read_tensor(folder.write("t.pb", bytes));
  };
  // dims 2; data_type int32; int32_data 1 and -1, packed: 01 and the ten bytes of a negative.
  const std::string minus_one = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
  EXPECT_EQ(onnx::integers_of(tensor("\x08\x02\x10\x06\x2a\x0b\x01" + minus_one)),
            (Integers{1, -1}));
  EXPECT_EQ(onnx::integers_of(tensor("\x08\x02\x10\x06\x28\x01\x28" + minus_one)),
            (Integers{1, -1}));  // not packed
  // float_data 1.5, not packed; int4 raw 0x9e: -2, then -7.
  EXPECT_EQ(onnx::reals_of(tensor(std::string("\x08\x01\x10\x01\x25\x00\x00\xc0\x3f", 9))),
            std::vector<double>{1.5});
  EXPECT_EQ(onnx::integers_of(tensor("\x08\x02\x10\x16\x4a\x01\x9e")), (Integers{-2, -7}));
  // float16 raw 0x3e00: 1.5; bfloat16 raw 0xbf80: -1.
  EXPECT_EQ(onnx::reals_of(tensor(std::string("\x08\x01\x10\x0a\x4a\x02\x00\x3e", 8))),
            std::vector<double>{1.5});
  EXPECT_EQ(onnx::reals_of(tensor("\x08\x01\x10\x10\x4a\x02\x80\xbf")), std::vector<double>{-1});
}

TEST(OnnxFile, SaysWhatIsWrong) {
  const testing::TemporaryFolder folder;
  const auto fault = [&](const std::string& bytes) {
    const std::string path = folder.write("m.onnx", bytes);
    return testing::without(complaint([&] { onnx::import_model(path); }),
                            folder.path().string() + "/");
  };
  EXPECT_EQ(fault(""), "m.onnx: is no ONNX model: holds no graph");
  EXPECT_EQ(fault("hello"), "m.onnx: model: byte 2: is no field of a protobuf message");
  EXPECT_EQ(fault("\x3a\x7f"),
            "m.onnx: model: byte 2: is cut short: 127 bytes should follow, 0 do");
  ModelBuilder builder = varied_model();
  builder.model.graph.initializers.at("to").dims = {3};
  const std::string path = folder.file("n.onnx");
  EXPECT_EQ(complaint([&] { builder.bytes(); }),
            "tensor 'to': holds 16 bytes, its shape 3 of int64 takes 24");
  EXPECT_EQ(complaint([&] { onnx::import_model(path); }), path + ": no such file");
}

/// Nodes whose sizes, attributes or numbers of inputs are none of their operators'.
TEST(OnnxFile, StandsNodesThatLie) {
  const testing::TemporaryFolder folder;
  const auto number = [](std::int64_t value) { return onnx::tensor_of(Integers{value}, {1}); };
  const Integers empty{};
  std::vector<ModelBuilder> liars(15);
  for (ModelBuilder& each : liars) {
    each.input("x", {1, 4, 8, 8}).input("q", {1, 5, 12}).weights("w", {4, 3}).output("y");
    each.weights("d", {8, 3, 3, 3}).constant("one", number(1)).integers("some", {1, 2, 3, 4, 5});
    each.constant("none", onnx::tensor_of(empty, {0})).integers("two", {1, 2});
  }
  liars[0].add("Conv", {"x", "w"}, {"y"});
  liars[1].add("Conv", {"x", "d"}, {"y"});
  liars[2].add("Strange", {"one"}, {"u"}).add("Conv", {"x", "u"}, {"y"});
  liars[3].add("Slice", {"x", "one", "one", "two"}, {"s"}).add("Resize", {"s", "", "w"}, {"y"});
  liars[4].add("MultiHeadAttention", {"q", "q", "q"}, {"y"}, {attribute("num_heads", 0)});
  liars[5].add("Attention", {"q", "q", "q"}, {"y"}, {attribute("kv_num_heads", 0)});
  liars[6].add("DepthToSpace", {"x"}, {"y"}, {attribute("blocksize", 1LL << 32)});
  liars[7].add("ConvTranspose", {"x", "d"}, {"y"}, {attribute("output_shape", Integers{7})});
  liars[8].add("ScatterND", {"some"}, {"y"});
  liars[9].add("Where", {"none", "some"}, {"y"});
  liars[10].model.opsets[""] = 6;
  liars[10].add("Add", {"some", "two"}, {"y"}, {attribute("broadcast", 1)});
  liars[11].add("Slice", {"some", "two", "some", "none"}, {"y"});
  liars[12].add("Slice", {"none", "one", "one", "one", "one"}, {"y"});
  liars[13].add("Relu", {"x"}, {"r", "more"}).add("Add", {"r", "more"}, {"y"});
  liars[14].add("GatherND", {"x", "two"}, {"y"}, {attribute("batch_dims", 1LL << 62)});
  for (std::size_t i = 0; i < liars.size(); ++i) {
    for (onnx::Node& node : liars[i].model.graph.nodes)
      if (node.op == "MultiHeadAttention") node.domain = "com.microsoft";
    const std::string path = folder.write("m.onnx", liars[i].bytes());
    const std::string text = complaint([&] { onnx::import_model(path); });
    EXPECT_EQ(text.find('\n'), std::string::npos) << i << text;
  }
}

TEST(OnnxFile, HasShapesThatCanBeCounted) {
  const testing::TemporaryFolder folder;
  const auto fault = [&](const onnx::Shape& dims) {
    ModelBuilder builder;
    builder.input("x", dims).add("Relu", {"x"}, {"y"}).output("y");
    const std::string path = folder.write("m.onnx", builder.bytes());
    return testing::without(complaint([&] { onnx::import_model(path); }), path);
  };
  EXPECT_EQ(fault({1LL << 32, 1LL << 32}),
            ": input 'x': 4294967296x4294967296 is no shape of a tensor");
  EXPECT_EQ(fault({274177, 67280421310721}),
            ": input 'x': 274177x67280421310721 is no shape of a tensor");
}

/// Constants that depend on each other too deep for a stack.
TEST(OnnxFile, StandsLongChainsOfConstants) {
  const testing::TemporaryFolder folder;
  ModelBuilder builder;
  builder.input("x", {1, 3, 8, 8}).weights("c0", {4, 3, 3, 3});
  for (int i = 0; i < 5000; ++i)
    builder.add("Erf", {"c" + std::to_string(i)}, {"c" + std::to_string(i + 1)});
  builder.add("Conv", {"x", "c5000"}, {"y"}).output("y");
  const std::string path = folder.write("m.onnx", builder.bytes());
  EXPECT_EQ(testing::without(complaint([&] { onnx::import_model(path); }), path),
            ": constants are computed from each other more than 1000 deep");
}

TEST(OnnxFile, PassesOverNodesThatGiveNothing) {
  const testing::TemporaryFolder folder;
  ModelBuilder builder = varied_model();
  for (const char* op : {"Conv", "Constant", "Identity", "Relu"}) {
    builder.model.graph.nodes.push_back({.name = op, .op = op, .inputs = {"x", "w"}});
  }
  const std::string path = folder.write("m.onnx", builder.bytes());
  EXPECT_EQ(graph::layers_of(onnx::import_model(path).graph).size(), 2U);
}

/// Whatever bytes are in a file: one line, or a network.
TEST(OnnxFile, StandsAnyDamage) {
  const testing::TemporaryFolder folder;
  const std::string whole = varied_model().bytes();
  std::mt19937_64 random(7);
  int refused = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    std::string damaged = whole;
    for (std::uint64_t flips = 1 + random() % 4; flips > 0; --flips) {
      char& byte = damaged[random() % damaged.size()];
      byte = random() % 2 ? static_cast<char>(random()) : static_cast<char>(byte ^ 1);
    }
    if (random() % 4 == 0) damaged.resize(random() % damaged.size());
    const std::string path = folder.file("m.onnx");
    std::filesystem::remove(path);
    folder.write("m.onnx", damaged);
    const std::string text = complaint([&] { onnx::import_model(path); });
    refused += text != "no complaint";
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace bitloom
