// Files of ONNX that quantize themselves: evaluate, record and verify run their own codes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/onnx/model_builder.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::attribute;
using testing::expect_refused;
using testing::ModelBuilder;
using testing::run_bitloom;
using Arguments = std::vector<std::string>;

onnx::Tensor number(float value) { return onnx::tensor_of(std::vector<float>{value}, {}); }

onnx::Tensor spread_codes(const std::vector<std::int64_t>& dims, onnx::ElementType type) {
  std::vector<std::int64_t> codes(static_cast<std::size_t>(graph::size_of(dims)));
  for (std::size_t i = 0; i < codes.size(); ++i)
    codes[i] = static_cast<std::int64_t>(i * 7919 % 15) - 7;
  return onnx::tensor_of(codes, dims, type);
}

/// Images of 3 x 32 x 32 through a convolution and a linear layer of QDQ: 4-bit weights, 8-bit
/// inputs; and a convolution that nothing quantizes.
class OwnCodesOfFiles : public ::testing::Test {
 protected:
  OwnCodesOfFiles() {
    ModelBuilder builder;
    builder.input("image", {-1, 3, 32, 32});
    quantize(builder, "image", 1.0F / 255, onnx::ElementType::kUint8);
    weights(builder, "w", {4, 3, 3, 3});
    builder.add("Conv", {"image.dq", "w.dq"}, {"first"},
                {attribute("strides", std::vector<std::int64_t>{4, 4})});
    builder.weights("v", {4, 4, 1, 1});
    builder.add("Conv", {"first", "v"}, {"second"}).add("Add", {"first", "second"}, {"sum"});
    quantize(builder, "sum", 0.05F, onnx::ElementType::kInt8);
    weights(builder, "u", {10, 256});
    builder.add("Flatten", {"sum.dq"}, {"flat"})
        .add("Gemm", {"flat", "u.dq"}, {"classes"}, {attribute("transB", 1)})
        .output("classes");
    model_ = folder_.write("q.onnx", builder.bytes());
  }

  static void quantize(ModelBuilder& builder, const std::string& x, float scale,
                       onnx::ElementType type) {
    builder.constant(x + ".s", number(scale))
        .constant(x + ".z", onnx::tensor_of(std::vector<std::int64_t>{0}, {}, type));
    builder.add("QuantizeLinear", {x, x + ".s", x + ".z"}, {x + ".q"})
        .add("DequantizeLinear", {x + ".q", x + ".s", x + ".z"}, {x + ".dq"});
  }
  static void weights(ModelBuilder& builder, const std::string& name,
                      const std::vector<std::int64_t>& dims) {
    builder.constant(name, spread_codes(dims, onnx::ElementType::kInt8))
        .constant(name + ".s", number(0.03F));
    builder.add("DequantizeLinear", {name, name + ".s"}, {name + ".dq"});
  }

  Arguments with(Arguments more) const {
    more.insert(more.begin() + 1, {"--network", model_, "--data", "shapes32:5"});
    return more;
  }

  testing::TemporaryFolder folder_;
  std::string model_;
};

TEST_F(OwnCodesOfFiles, AnswerTheSameByBothEngines) {
  nlohmann::json results[2];
  for (const int integer : {0, 1}) {
    const auto run = run_bitloom(with(
        {"evaluate", "--images", "60", "--json", "-", "--engine", integer ? "integer" : "fake"}));
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_NE(run.err.find("layer 'second' is computed in real numbers"), std::string::npos)
        << run.err;
    results[integer] = nlohmann::json::parse(run.out);
  }
  EXPECT_EQ(results[0]["loss"], results[1]["loss"]);
  EXPECT_EQ(results[0]["top1_pct"], results[1]["top1_pct"]);
  EXPECT_EQ(results[0]["quantization"]["quantizer"], "the file's own quantizers");
  EXPECT_EQ(results[0]["quantization"]["policy"], (nlohmann::json{{4, 8}, {32, 32}, {4, 8}}));
}

TEST_F(OwnCodesOfFiles, AreRecordedForEachLayerThatHasSome) {
  const std::string output = folder_.file("codes.safetensors");
  const auto run = run_bitloom(with({"record", "--images", "3", "-o", output}));
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.out.find("2 of 3 layers, 9984 codes read on 3"), std::string::npos) << run.out;
  expect_refused(with({"record", "--images", "5000", "-o", output}),
                 "--images '5000': must be a whole number in [1, 4096]");
}

TEST_F(OwnCodesOfFiles, AreNotMixedWithOtherQuantizers) {
  expect_refused(with({"evaluate", "--bits", "model", "--quantizer", "dorefa"}),
                 "--bits model: are those of the file's own quantizers: leave out --quantizer, "
                 "--granularity and --edge-layers");
  ModelBuilder plain;
  plain.input("image", {1, 3, 32, 32}).weights("u", {3072, 10});
  plain.add("Flatten", {"image"}, {"flat"}).add("MatMul", {"flat", "u"}, {"y"}).output("y");
  const std::string path = folder_.write("plain.onnx", plain.bytes());
  expect_refused(
      {"record", "--network", path, "--data", "shapes32", "-o", folder_.file("x.safetensors")},
      "plain.onnx: no layer has codes of its own: 'y': its input is not quantized");
}

TEST_F(OwnCodesOfFiles, GetNoOtherQuantizersOnTop) {
  const std::string complaint =
      model_ +
      ": quantizes itself, and other quantizers would come on top of that; `bitloom evaluate` runs "
      "its own codes, and the same network in floats would be right here";
  const std::string output = folder_.file("out");
  expect_refused(with({"evaluate", "--bits", "4/4"}), complaint);
  expect_refused(with({"calibrate", "-o", output}), complaint);
  expect_refused(with({"sensitivity", "-o", output}), complaint);
  expect_refused(with({"finetune", "-o", output}), complaint);
  expect_refused(with({"search", "--method", "haq", "--hardware", "bismo-edge", "--budget",
                       "latency=0.9x", "-o", output}),
                 complaint);
  const std::string other = BITLOOM_SOURCE_DIR "/models/trained/resnet20-shapes32.safetensors";
  expect_refused({"evaluate", "--network", model_, "--data", "shapes32", "--weights", other},
                 model_ + ": quantizes its own weights, and those of " + other +
                     " would run under its levels; leave --weights out, or give --network the "
                     "same network in floats");
}

#ifdef BITLOOM_RTL
TEST_F(OwnCodesOfFiles, GoThroughTheRtl) {
  const auto run = run_bitloom(with({"verify", "--hardware", "bismo-edge"}));
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_NE(run.out.find("first   4/8 signed/unsigned"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("\nPASS: 2 of 2 layers pass; "), std::string::npos) << run.out;
}
#endif

}  // namespace
}  // namespace bitloom
