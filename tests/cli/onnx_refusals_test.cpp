// Files of ONNX that cannot be run: every refusal names the file, and the node where there is one.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/onnx/model_builder.h"
#include "tests/support/complaint.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::attribute;
using testing::ModelBuilder;
using testing::run_bitloom;

class OnnxRefusals : public ::testing::Test {
 protected:
  /// A convolution of 4 channels, their means and a linear layer for 10 classes, behind `first`.
  static void add_classifier(ModelBuilder& builder, const std::string& image) {
    builder.constant("w", spread({4, 3, 3, 3})).constant("u", spread({10, 4}));
    builder.add("Conv", {image, "w"}, {"conv"}).add("GlobalAveragePool", {"conv"}, {"mean"});
    builder.add("Flatten", {"mean"}, {"flat"});
    builder.add("Gemm", {"flat", "u"}, {"logits"}, {attribute("transB", 1)}).output("logits");
  }
  static onnx::Tensor spread(const std::vector<std::int64_t>& dims) {
    std::vector<float> values(static_cast<std::size_t>(graph::size_of(dims)));
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<float>(i * 7919 % 15) / 5 - 1;
    return onnx::tensor_of(values, dims);
  }
  std::string write(const std::string& name, const ModelBuilder& builder) {
    return folder_.write(name, builder.bytes());
  }
  /// What `evaluate` says of `file`, without the folder.
  std::string refusal(const std::string& file, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--network", file, "--data", "shapes32", "--images", "8"});
    const auto run = run_bitloom(arguments);
    EXPECT_EQ(run.exit_code, 2) << run.out;
    const std::size_t last = run.err.find_last_of('\n', run.err.size() - 2);
    const std::string line = last == std::string::npos ? run.err : run.err.substr(last + 1);
    return testing::without(line, folder_.path().string() + "/");
  }
  /// The same of every command that runs a network.
  void expect_refusals(const std::string& file, const std::string& complaint) {
    const std::vector<std::string> commands[] = {
        {"evaluate", "--float"},
        {"evaluate"},
        {"evaluate", "--ptq", "good"},
        {"calibrate", "-o", folder_.file("o.safetensors")},
        {"sensitivity", "-o", folder_.file("s.json")},
        {"finetune", "-o", folder_.file("finetuned")},
        {"train", "--weights", file, "-o", folder_.file("trained")},
        {"search", "--weights", file, "--hardware", "bismo-edge", "--edge-layers", "free",
         "--budget", "latency=0.5x", "--method", "greedy", "-o", folder_.file("run")}};
    for (const auto& command : commands) {
      EXPECT_EQ(refusal(file, command), complaint + "\n") << command[0];
      std::filesystem::remove_all(folder_.file("trained"));
    }
  }
  testing::TemporaryFolder folder_;
};

TEST_F(OnnxRefusals, OfChannelsThatAreLast) {
  ModelBuilder model;
  model.input("image", {-1, 32, 32, 3});
  model.add("Transpose", {"image"}, {"first"},
            {attribute("perm", std::vector<std::int64_t>{0, 3, 1, 2})});
  add_classifier(model, "first");
  const std::string said = refusal(write("nhwc.onnx", model), {"evaluate", "--float"});
  EXPECT_EQ(
      said,
      "nhwc.onnx: takes images of 32 channels, and shapes32:0: test image 0 has 3; its input of 32 "
      "x 32 x 3 seems to have the channels last: export it with them first (3 x 32 x 32)\n");
}

TEST_F(OnnxRefusals, OfOperatorsThatNobodyKnows) {
  ModelBuilder model;
  model.input("image", {-1, 3, 32, 32}).add("Frobnicate", {"image"}, {"odd"});
  add_classifier(model, "odd");
  expect_refusals(write("odd.onnx", model),
                  "odd.onnx: Frobnicate 'odd': LibTorch has no rule for it");
}

TEST_F(OnnxRefusals, OfNetworksWithoutClasses) {
  ModelBuilder model;
  model.input("image", {-1, 3, 32, 32}).constant("w", spread({4, 3, 3, 3}));
  model.add("Conv", {"image", "w"}, {"conv"}).output("conv");
  expect_refusals(write("map.onnx", model),
                  "map.onnx: is no classifier: its last node, 'conv', puts out 4x30x30, not a "
                  "number for each class");
}

TEST_F(OnnxRefusals, OfABatchNormBeforeAnyLayer) {
  ModelBuilder model;
  model.input("image", {-1, 3, 32, 32});
  for (const char* each : {"scale", "shift", "mu", "variance"})
    model.constant(each, onnx::tensor_of(std::vector<float>{1, 2, 3}, {3}));
  model.add("BatchNormalization", {"image", "scale", "shift", "mu", "variance"}, {"norm"});
  add_classifier(model, "norm");
  const std::string file = write("norm.onnx", model);
  EXPECT_EQ(refusal(file, {"evaluate", "--bits", "4/4", "--engine", "integer"}),
            "norm.onnx: input 'image': no layer reads its values as they are, to say what its "
            "codes are\n");
}

TEST_F(OnnxRefusals, OfInputsThatAreNoNumbers) {
  ModelBuilder model;
  model.input("image", {-1, 3, 32, 32}).add("Log", {"image"}, {"log"});
  model.add("Sqrt", {"log"}, {"root"});
  add_classifier(model, "root");
  const std::string file = write("nan.onnx", model);
  EXPECT_EQ(refusal(file, {"evaluate", "--bits", "4/4"}),
            "nan.onnx: the input of layer 'conv': not all values are finite, a quantizer cannot be "
            "calibrated\n");
  EXPECT_EQ(
      refusal(file, {"sensitivity", "-o", folder_.file("s.json")}),
      "nan.onnx: layer 'conv': not all values are finite, a quantizer cannot be calibrated\n");
}

TEST_F(OnnxRefusals, OfWeightsThatAreNotQuantizedSayWhy) {
  const auto refused = [&](const std::string& op, const std::vector<std::int64_t>& weights,
                           const std::vector<std::int64_t>& shape,
                           std::vector<testing::Attribute> attributes) {
    ModelBuilder model;
    model.input("image", {-1, 3, 32, 32}).integers("to", shape);
    model.add("Reshape", {"image", "to"}, {"rows"}).constant("w", spread(weights));
    model.add(op, {"rows", "w"}, {"odd"}, std::move(attributes));
    model.add("GlobalAveragePool", {"odd"}, {"mean"}).add("Flatten", {"mean"}, {"flat"});
    const std::int64_t outputs = op == "MatMul" ? 3 : 4;
    model.constant("u", spread({10, outputs}));
    model.add("Gemm", {"flat", "u"}, {"logits"}, {attribute("transB", 1)}).output("logits");
    const std::string file = write("net.onnx", model);
    const std::string said = refusal(file, {"evaluate", "--bits", "4/4"});
    EXPECT_EQ(refusal(file, {"sensitivity", "-o", folder_.file("s.json")}), said);
    return said;
  };
  EXPECT_EQ(refused("Conv", {4, 3, 3, 3, 3}, {1, 3, 8, 8, 16}, {}),
            "network net.onnx: Conv 'odd': has no weights that could be quantized: it is a "
            "convolution over 3 dimensions, and those over one or two are quantized\n");
  EXPECT_EQ(refused("ConvTranspose", {3, 4, 3, 3}, {1, 3, 32, 32}, {}),
            "network net.onnx: ConvTranspose 'odd': has no weights that could be quantized: a "
            "transposed convolution is not quantized\n");
  EXPECT_EQ(refused("MatMul", {3, 32, 5}, {1, 3, 32, 32}, {}),
            "network net.onnx: MatMul 'odd': has no weights that could be quantized: its weights "
            "are several matrices, or a vector\n");
}

TEST_F(OnnxRefusals, OfFiltersOfProductsOfTwoActivations) {
  ModelBuilder model;
  model.input("image", {-1, 3, 32, 32}).add("MatMul", {"image", "image"}, {"odd"});
  add_classifier(model, "odd");
  const std::string file = write("net.onnx", model);
  const std::string result = folder_.file("s.json");
  EXPECT_EQ(refusal(file, {"sensitivity", "--method", "fisher", "--by-filter", "-o", result}),
            "network net.onnx: MatMul 'odd': has no weights that could be quantized: it "
            "multiplies two activations\n");
  for (const std::string method : {"fisher", "divergence"}) {
    const auto run =
        run_bitloom({"sensitivity", "--network", file, "--data", "shapes32", "--images", "8",
                     "--method", method, "--least-bits", "7", "-o", result});
    EXPECT_EQ(run.exit_code, 0) << run.err;
  }
}

TEST_F(OnnxRefusals, OfIntegersOfProductsOfTwoActivations) {
  ModelBuilder model;
  model.input("image", {-1, 3, 32, 32}).add("MatMul", {"image", "image"}, {"odd"});
  add_classifier(model, "odd");
  const std::string file = write("net.onnx", model), stored = folder_.file("c.safetensors");
  const auto calibrated =
      run_bitloom({"calibrate", "--network", file, "--data", "shapes32", "--calibration-data",
                   "shapes32", "--calibration-images", "8", "--bits", "4/4", "-o", stored});
  EXPECT_EQ(calibrated.exit_code, 0) << calibrated.err;
  const auto said = [&](const std::vector<std::string>& arguments) {
    const auto run = run_bitloom(arguments);
    EXPECT_EQ(run.exit_code, 2) << run.out;
    return testing::without(run.err, folder_.path().string() + "/");
  };
  EXPECT_EQ(said({"export", "--network", file, "--weights", stored, "--format", "qonnx", "-o",
                  folder_.file("q.onnx")}),
            "c.safetensors: layer 'odd' multiplies two activations, which qonnx and qdq do not "
            "write; --format onnx writes it in single precision\n");
  const std::string no_rule = "the integer arithmetic has no rule for MatMul 'odd'\n";
  EXPECT_EQ(refusal(file, {"evaluate", "--bits", "4/4", "--engine", "integer"}),
            "net.onnx: --engine integer: " + no_rule);
  EXPECT_EQ(said({"record", "--network", file, "--weights", stored, "--data", "shapes32", "-o",
                  folder_.file("r")}),
            "c.safetensors: holds no integers that could be recorded: " + no_rule);
}

TEST_F(OnnxRefusals, AreNoneOfWindowsInTheBatch) {
  ModelBuilder model;
  model.input("image", {-1, 3, 32, 32})
      .integers("to", {48, 16, 4})
      .integers("back", {1, 3, 32, 32});
  model.constant("q", spread({4, 4})).add("Reshape", {"image", "to"}, {"windows"});
  model.add("MatMul", {"windows", "q"}, {"product"}).add("Relu", {"product"}, {"relu"});
  model.add("Reshape", {"relu", "back"}, {"again"});
  add_classifier(model, "again");
  const auto run = run_bitloom({"evaluate", "--network", write("net.onnx", model), "--data",
                                "shapes32", "--images", "8", "--bits", "4/4"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
}

}  // namespace
}  // namespace bitloom
