// Classifiers in files of ONNX with weights, as programs write them.
#include <gtest/gtest.h>

#include <cmath>

#include <nlohmann/json.hpp>

#include "tests/onnx/model_builder.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::attribute;
using testing::ModelBuilder;
using testing::run_bitloom;

/// A convolution of 4 channels, their means, and a linear layer for 10 classes.
class OnnxClassifiers : public ::testing::Test {
 protected:
  std::string write(const std::string& last, float weight = 1) {
    ModelBuilder builder;
    builder.input("image", {-1, 3, 32, 32});
    builder.constant("w", spread({4, 3, 3, 3}, weight)).constant("u", spread({10, 4}, 1));
    builder.add("Conv", {"image", "w"}, {"conv"}).add("GlobalAveragePool", {"conv"}, {"mean"});
    builder.add("Flatten", {"mean"}, {"flat"});
    builder.add("Gemm", {"flat", "u"}, {"logits"}, {attribute("transB", 1)});
    if (!last.empty()) builder.add(last, {"logits"}, {"answer"});
    builder.output(last.empty() ? "logits" : "answer");
    return folder_.write(last + "net.onnx", builder.bytes());
  }
  static onnx::Tensor spread(const std::vector<std::int64_t>& dims, float first) {
    std::vector<float> values(static_cast<std::size_t>(graph::size_of(dims)));
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<float>(i * 7919 % 15) / 5 - 1;
    values[0] = first;
    return onnx::tensor_of(values, dims);
  }
  static testing::ProgramResult evaluate(const std::string& model) {
    return run_bitloom({"evaluate", "--network", model, "--data", "shapes32", "--images", "40",
                        "--float", "--json", "-"});
  }
  testing::TemporaryFolder folder_;
};

TEST_F(OnnxClassifiers, HaveTheSameLossWithASoftmaxAtTheirEnd) {
  const auto logits = evaluate(write("")), softmax = evaluate(write("Softmax"));
  ASSERT_EQ(logits.exit_code, 0) << logits.err;
  ASSERT_EQ(softmax.exit_code, 0) << softmax.err;
  EXPECT_NE(softmax.err.find("Softmaxnet.onnx: its last Softmax is left out"), std::string::npos);
  EXPECT_EQ(logits.err.find("Softmax"), std::string::npos);
  const auto loss = [](const auto& run) { return nlohmann::json::parse(run.out)["loss"]; };
  EXPECT_EQ(loss(softmax), loss(logits));
  EXPECT_NEAR(loss(evaluate(write("LogSoftmax"))).get<double>(), loss(logits).get<double>(), 1e-5);
}

TEST_F(OnnxClassifiers, WithWeightsThatAreNoNumbersAreRefused) {
  const auto run = evaluate(write("", std::nanf("")));
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("number 0 is nan, must be finite"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace bitloom
