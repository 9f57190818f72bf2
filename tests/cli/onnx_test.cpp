// Files of ONNX where a network's name goes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/onnx/model_builder.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Json = nlohmann::json;
using testing::attribute;
using testing::ModelBuilder;
using testing::run_bitloom;

class OnnxCommands : public ::testing::Test {
 protected:
  /// Convolution, ReLU, an operator of nobody, a linear layer; 16 images, or as many as are asked.
  OnnxCommands() {
    ModelBuilder builder;
    builder.input("image", {-1, 3, 8, 8}).weights("w", {4, 3, 3, 3}).weights("u", {144, 5});
    builder.add("Conv", {"image", "w"}, {"conv"})
        .add("Relu", {"conv"}, {"relu"})
        .add("Wobble", {"relu"}, {"wobble"})
        .add("Flatten", {"wobble"}, {"flat"})
        .add("MatMul", {"flat", "u"}, {"classes"})
        .output("classes");
    model_ = folder_.write("model.onnx", builder.bytes());
  }
  testing::TemporaryFolder folder_;
  std::string model_;
};

constexpr std::int64_t kMacs = 36 * 27 * 4 + 144 * 5;

TEST_F(OnnxCommands, DescribeTellsWhatIsPricedBesideTheArrayAndNotUnderstood) {
  const auto result = run_bitloom({"describe", "network", model_});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  for (const char* part :
       {"model.onnx: a file of ONNX; input 3x8x8", "conv    conv", "classes linear",
        "beside the array: 1 Flatten, 1 Relu, 1 Wobble", "not understood: 1 Wobble"})
    EXPECT_NE(result.out.find(part), std::string::npos) << part << " in\n" << result.out;
  EXPECT_NE(result.err.find("to have their input's shape: 1 Wobble"), std::string::npos)
      << result.err;
  const Json json = Json::parse(run_bitloom({"describe", "network", model_, "--json", "-"}).out);
  EXPECT_EQ(json["macs"], kMacs);
  EXPECT_EQ(json["not_understood"], (Json{{"Wobble", 1}}));
}

TEST_F(OnnxCommands, PriceFilesAsNetworks) {
  const auto result = run_bitloom({"simulate", "--network", model_, "--hardware", "bismo-edge",
                                   "--bits", "4/4", "--json", "-"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["network"], "model.onnx");
  EXPECT_EQ(json["layers"].size(), 2U);
  EXPECT_EQ(json["total"]["macs"], kMacs);
  const std::string table = folder_.file("table.npy");
  EXPECT_EQ(
      run_bitloom({"lut", "--network", model_, "--hardware", "bismo-edge", "-o", table}).exit_code,
      0);
  const auto compared = run_bitloom({"compare", "--network", model_, "--hardware",
                                     "bismo-edge,bitfusion-16x32", "--policies", "8/8", "4/4"});
  EXPECT_EQ(compared.exit_code, 0) << compared.err;
  const auto larger = run_bitloom({"describe", "network", model_, "--input", "image=1,3,10,10"});
  EXPECT_EQ(larger.exit_code, 2);
  EXPECT_NE(larger.err.find("MatMul 'classes' cannot be priced: MatMul 'classes': multiplies "
                            "1x256 by 144x5"),
            std::string::npos)
      << larger.err;
}

TEST_F(OnnxCommands, ExploreWithTheSizesThatASpaceTells) {
  ModelBuilder builder;
  builder.input("image", {-1, 3, -1, -1}).weights("w", {4, 3, 3, 3});
  builder.add("Conv", {"image", "w"}, {"conv"}).output("conv");
  const std::string model = folder_.write("open.onnx", builder.bytes());
  const auto explore = [&](const std::string& network) {
    const std::string space =
        folder_.write("space.yaml",
                      "hardware: bismo-edge\nknobs:\n  array.dm: [4, 8]\nnetworks:\n"
                      "  - " +
                          network + "\nbits: 4/4\nobjectives: [latency, lut]\n");
    return run_bitloom({"explore", "--space", space, "-o", folder_.file("all.db")});
  };
  const auto open = explore(model);
  EXPECT_EQ(open.exit_code, 2);
  EXPECT_NE(open.err.find("space.yaml:5:5: networks[0]: "), std::string::npos) << open.err;
  const auto told = explore("{network: " + model + ", input: {image: [1, 3, 32, 32]}}");
  EXPECT_EQ(told.exit_code, 0) << told.err;
}

TEST_F(OnnxCommands, SayWhatIsWrongInOneLine) {
  const auto expect = [&](std::vector<std::string> arguments, const std::string& text) {
    arguments.insert(arguments.begin(), {"describe", "network"});
    const auto result = run_bitloom(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_NE(result.err.find(text), std::string::npos) << result.err;
  };
  expect({folder_.file("absent.onnx")}, "absent.onnx: no such file");
  expect({model_, "--image-size", "8"}, "--image-size: goes with bitloom's own networks");
  expect({"resnet20", "--input", "1,3,8,8"}, "--input: goes with a file of ONNX");
  expect({model_, "--input", "image=1,x"}, "--input 'image=1,x': must be NAME=N,N,..");
  expect({model_, "--input", "imag=1,3,8,8"}, "unknown input 'imag': did you mean image?");
  expect({folder_.write("text.onnx", "no model")}, "text.onnx: model: byte");
}

}  // namespace
}  // namespace bitloom
