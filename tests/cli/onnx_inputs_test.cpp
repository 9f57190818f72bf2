// Networks in files of ONNX whose inputs are no images.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/onnx/model_builder.h"
#include "tests/support/npy_bytes.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::attribute;
using testing::expect_refused;
using testing::ModelBuilder;
using testing::run_bitloom;
using Arguments = std::vector<std::string>;
using Sizes = std::vector<std::int64_t>;

constexpr std::int64_t kInputs = 12;

std::vector<float> spread_values(std::int64_t count) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i * 7919 % 31) / 15 - 1;
  return values;
}

onnx::Tensor spread_tensor(const Sizes& dims) {
  return onnx::tensor_of(spread_values(graph::size_of(dims)), dims);
}

class InputsOfOtherRanks : public ::testing::Test {
 protected:
  /// A classifier of 3 that reads inputs of `sizes` through `first`, then Flatten, ReLU and Gemm.
  std::string write(const Sizes& sizes, const std::string& first, const Sizes& weights,
                    std::int64_t features) {
    ModelBuilder builder;
    Sizes dims = sizes;
    dims.insert(dims.begin(), -1);
    builder.input("x", dims).constant("w", spread_tensor(weights));
    builder.constant("u", spread_tensor({features, 3}));
    builder.add(first, {"x", "w"}, {"first"}).add("Relu", {"first"}, {"relu"});
    builder.add("Flatten", {"relu"}, {"flat"}).add("Gemm", {"flat", "u"}, {"y"}).output("y");
    return folder_.write("net.onnx", builder.bytes());
  }
  std::string data(Sizes sizes) {
    sizes.insert(sizes.begin(), kInputs);
    const std::string x = folder_.write(
        "x.npy", testing::npy_bytes("<f4", sizes, spread_values(graph::size_of(sizes))));
    std::vector<std::int64_t> labels(kInputs);
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int64_t>(i % 3);
    return "npy:" + x + "," + folder_.write("y.npy", testing::npy_bytes("<i8", {kInputs}, labels));
  }
  void expect_runs(const Arguments& arguments) {
    const auto run = run_bitloom(arguments);
    EXPECT_EQ(run.exit_code, 0) << arguments.front() << ": " << run.err;
  }
  void expect_all_run(const std::string& model, const std::string& data) {
    const Arguments of{"--network", model, "--data", data};
    const auto with = [&](Arguments arguments) {
      arguments.insert(arguments.end(), of.begin(), of.end());
      return arguments;
    };
    for (const std::string batch : {"1", "5"})
      expect_runs(with({"evaluate", "--float", "--batch", batch}));
    expect_runs(with({"train", "--weights", model, "--epochs", "1", "--batch", "4", "-o",
                      folder_.file(std::to_string(++runs_))}));
  }
  testing::TemporaryFolder folder_;
  int runs_ = 0;
};

TEST_F(InputsOfOtherRanks, RunOfOneDimension) {
  const std::string model = write({16}, "MatMul", {16, 5}, 5), inputs = data({16});
  expect_all_run(model, inputs);
  const Arguments of{"--network", model, "--data", inputs, "--bits", "6/6", "--json", "-"};
  nlohmann::json losses[2];
  for (const int integer : {0, 1}) {
    Arguments arguments{"evaluate", "--engine", integer ? "integer" : "fake"};
    arguments.insert(arguments.end(), of.begin(), of.end());
    const auto run = run_bitloom(arguments);
    ASSERT_EQ(run.exit_code, 0) << run.err;
    losses[integer] = nlohmann::json::parse(run.out)["loss"];
  }
  EXPECT_EQ(losses[0], losses[1]);
  expect_runs({"sensitivity", "--network", model, "--data", inputs, "-o", folder_.file("s.json")});
  expect_runs({"finetune", "--network", model, "--data", inputs, "--bits", "8/8", "--epochs", "1",
               "--batch", "4", "-o", folder_.file("run")});
  expect_runs({"calibrate", "--network", model, "--data", inputs, "--bits", "6/6", "-o",
               folder_.file("q.safetensors")});
}

TEST_F(InputsOfOtherRanks, RunOfTwoAndFourDimensions) {
  expect_all_run(write({4, 32}, "Conv", {2, 4, 3}, 60), data({4, 32}));
  expect_all_run(write({2, 4, 4, 4}, "Conv", {2, 2, 3, 3, 3}, 16), data({2, 4, 4, 4}));
}

TEST_F(InputsOfOtherRanks, OfOtherSizesAreNamed) {
  const std::string model = write({16}, "MatMul", {16, 5}, 5);
  expect_refused({"evaluate", "--network", model, "--float", "--data", data({4, 4})},
                 model + ": takes 16, and " + folder_.file("x.npy") + ": input 0 (label in " +
                     folder_.file("y.npy") + ") is 4 x 4");
  const std::string bytes = folder_.write(
      "b.npy", testing::npy_bytes("|u1", {kInputs, 4, 4}, std::vector<std::uint8_t>(kInputs * 16)));
  expect_refused({"evaluate", "--network", model, "--float", "--data",
                  "npy:" + bytes + "," + folder_.file("y.npy")},
                 model + ": takes 16, no images, and " + bytes + ": input 0 (label in " +
                     folder_.file("y.npy") +
                     ") is one of 1 x 4 x 4; npy:X.npy,Y.npy with what it takes in X would "
                     "be right");
}

class Tokens : public InputsOfOtherRanks {
 protected:
  static constexpr std::int64_t kTokens = 6;
  std::string written(ModelBuilder& builder, const char* classes_of, const Sizes& weights) {
    builder.constant("w", spread_tensor(weights)).add("MatMul", {classes_of, "w"}, {"y"});
    return folder_.write("net.onnx", builder.output("y").bytes());
  }
  std::string tokens() {
    std::vector<std::int64_t> ids(kInputs * kTokens);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(i * i % 7);
    const std::string x =
        folder_.write("t.npy", testing::npy_bytes("<i8", {kInputs, kTokens}, ids));
    return "npy:" + x + data({kTokens}).substr(("npy:" + folder_.file("x.npy")).size());
  }
  /// All methods that derive the loss find a sensitivity of both operands of every layer.
  void expect_derived(const std::string& model) {
    for (const std::string method : {"fisher", "gradient", "trace", "eigenvalue"}) {
      const std::string file = folder_.file(method + ".json");
      expect_runs(
          {"sensitivity", "--network", model, "--data", tokens(), "--method", method, "-o", file});
      const auto layers = nlohmann::json::parse(testing::contents(file))["layers"];
      for (const char* operand : {"weights", "activations"})
        EXPECT_GT(layers.at(0)[operand]["omega"]["4"].get<double>(), 0) << method;
    }
  }
};

TEST_F(Tokens, HaveSensitivitiesBehindATableThatIsNotLearned) {
  ModelBuilder builder;
  builder.input("x", {-1, kTokens}, testing::ElementType::kInt64);
  builder.constant("table", spread_tensor({7, 4})).add("Gather", {"table", "x"}, {"rows"});
  builder.add("ReduceMean", {"rows"}, {"mean"},
              {attribute("axes", Sizes{1}), attribute("keepdims", 0)});
  expect_derived(written(builder, "mean", {4, 3}));
}

TEST_F(Tokens, HaveSensitivitiesBehindACast) {
  ModelBuilder builder;
  builder.input("x", {-1, kTokens}, testing::ElementType::kInt64);
  builder.add("Cast", {"x"}, {"real"}, {attribute("to", 1)});
  expect_derived(written(builder, "real", {kTokens, 3}));
}

TEST_F(InputsOfOtherRanks, RunAtEachWidthWhereTheirProductsAreOfTwoActivations) {
  ModelBuilder builder;
  builder.input("x", {-1, 3, 4}).constant("w", spread_tensor({4, 4}));
  builder.add("MatMul", {"x", "w"}, {"h"});
  builder.add("Transpose", {"h"}, {"t"}, {attribute("perm", Sizes{0, 2, 1})});
  builder.add("MatMul", {"h", "t"}, {"product"}).add("Flatten", {"product"}, {"y"}).output("y");
  const std::string model = folder_.write("net.onnx", builder.bytes()), inputs = data({3, 4});
  expect_runs({"finetune", "--network", model, "--data", inputs, "--widths", "8/8,4/4", "--epochs",
               "1", "--batch", "4", "-o", folder_.file("run")});
  for (const std::string bits : {"8/8", "4/4", "4/8"})
    expect_runs({"evaluate", "--network", model, "--weights", folder_.file("run/best.safetensors"),
                 "--data", inputs, "--bits", bits});
}

/// The classes of a product of the input and itself, which has no weights.
class WithoutParameters : public InputsOfOtherRanks {
 protected:
  std::string model() {
    ModelBuilder builder;
    builder.input("x", {-1, 3, 4})
        .add("Transpose", {"x"}, {"t"}, {attribute("perm", Sizes{0, 2, 1})});
    builder.add("MatMul", {"x", "t"}, {"product"}).add("Flatten", {"product"}, {"y"}).output("y");
    return folder_.write("net.onnx", builder.bytes());
  }
};

TEST_F(WithoutParameters, AreStoredAndRunButNotTrained) {
  const std::string network = model(), inputs = data({3, 4}),
                    stored = folder_.file("q.safetensors");
  expect_runs({"calibrate", "--network", network, "--data", inputs, "--bits", "6/6", "-o", stored});
  expect_runs({"evaluate", "--network", network, "--weights", stored, "--data", inputs});
  const std::string refusal =
      "network net.onnx: has no parameter, so that there is nothing to train";
  const Arguments how{"--network", network, "--weights", network,
                      "--data",    inputs,  "-o",        folder_.file("run")};
  for (const std::string command : {"train", "finetune"}) {
    Arguments arguments{command};
    arguments.insert(arguments.end(), how.begin(), how.end());
    expect_refused(arguments, refusal);
  }
}

TEST_F(WithoutParameters, HaveNoFractionOfASize) {
  const std::string network = model(), measured = folder_.file("s.json");
  expect_runs({"sensitivity", "--network", network, "--data", data({3, 4}), "-o", measured});
  Arguments arguments{"search",     "--network",     network,  "--hardware",
                      "bismo-edge", "--sensitivity", measured, "--budget"};
  arguments.push_back("latency=0.9x");
  const auto found = run_bitloom(arguments);
  EXPECT_EQ(found.exit_code, 0) << found.err;
  EXPECT_NE(found.out.find("size       0 MB\n"), std::string::npos) << found.out;
  EXPECT_EQ(found.out.find("nan"), std::string::npos) << found.out;
  arguments.back() = "size=0.5x";
  expect_refused(arguments,
                 "--budget 'size=0.5x': the size at 8/8 is 0, which has no fraction; a number with "
                 "its unit would be right");
}

}  // namespace
}  // namespace bitloom
