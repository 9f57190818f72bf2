// Published models, where they are at hand: outputs of ONNX Runtime, and those that the models'
// authors ship. The shared folder's onnx/io/README.txt says how inputs are made.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "models/torch/onnx/run.h"
#include "models/torch/onnx/tensors.h"
#include "tests/onnx_run/compare.h"
#include "tests/support/data_folder.h"

namespace bitloom {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Element i of an input: u = (i 7919 + 13) mod 256, brought into the type's range.
at::Tensor input_of(const Json& meta) {
  const auto dims = meta["dims"].get<std::vector<std::int64_t>>();
  const auto type = meta["type"].get<std::string>();
  std::int64_t size = 1;
  for (const std::int64_t dim : dims) size *= dim;
  const at::Tensor u = at::remainder(at::arange(size, at::kLong) * 7919 + 13, 256).reshape(dims);
  const at::ScalarType number = type == "float32" ? at::kFloat
                                : type == "int64" ? at::kLong
                                : type == "int32" ? at::kInt
                                : type == "int8"  ? at::kChar
                                : type == "bool"  ? at::kBool
                                                  : at::kByte;
  if (!meta["constant"].is_null()) return at::full(dims, meta["constant"].get<double>(), number);
  if (number == at::kFloat) return (u.to(at::kDouble) / 255 - 0.5).to(at::kFloat);
  if (number == at::kChar) return (u - 128).to(number);
  if (number == at::kBool) return at::bitwise_and(u, 1).to(number);
  return (number == at::kByte ? u : at::remainder(u, 5)).to(number);
}

at::Tensor output_of(const Json& meta, const fs::path& folder) {
  const auto dims = meta["dims"].get<std::vector<std::int64_t>>();
  const auto type = meta["type"].get<std::string>();
  std::string bytes = read_file(folder / meta["file"].get<std::string>());
  const at::ScalarType number = type == "float32" ? at::kFloat
                                : type == "int64" ? at::kLong
                                                  : at::kInt;
  return at::from_blob(bytes.data(), dims, number).clone();
}

/// The logits of this network with constant weights are 6e9, where floats are 512 apart: all
/// channels are equal only where rounding is.
nn::onnx::Precision precision_of(const fs::path& model) {
  return model.stem() == "light_squeezenet" ? nn::onnx::Precision::kDouble
                                            : nn::onnx::Precision::kSingle;
}

/// Nothing, or what is wrong: elements may differ by 1e-4 of the output's greatest, and by 2e-7,
/// for ONNX Runtime's sigmoid is 0 where the true one is 1.1e-7.
std::string fault(const fs::path& model_path, const std::vector<at::Tensor>& inputs,
                  const std::vector<at::Tensor>& wanted) {
  try {
    const auto outputs =
        nn::onnx::run(onnx::read_model(model_path), inputs, precision_of(model_path));
    if (outputs.size() != wanted.size()) return "not as many outputs";
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const double most = at::abs(wanted[i].to(at::kDouble)).max().item<double>();
      if (const auto what = testing::difference(outputs[i], wanted[i], 1e-4, 1e-4 * most + 2e-7))
        return fmt::format("output {}: {}", i, *what);
    }
    return "";
  } catch (const UserError& error) {
    return error.what();
  }
}

class PublishedModels : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto data = testing::data_folder();
    if (!data || !fs::is_directory(*data / "onnx"))
      GTEST_SKIP() << "no models of ONNX here (BITLOOM_DATA names their folder)";
    folder_ = *data / "onnx";
  }

  fs::path folder_;
};

TEST_F(PublishedModels, GiveWhatOnnxRuntimeGives) {
  for (const auto& entry : fs::directory_iterator(folder_ / "io")) {
    if (!entry.is_directory()) continue;
    const Json meta = read_json_file(entry.path() / "meta.json");
    std::vector<at::Tensor> inputs, wanted;
    for (const Json& input : meta["inputs"]) inputs.push_back(input_of(input));
    for (const Json& output : meta["outputs"]) wanted.push_back(output_of(output, entry.path()));
    const std::string name = entry.path().filename();
    EXPECT_EQ(fault(folder_ / (name + ".onnx"), inputs, wanted), "") << name;
  }
}

TEST_F(PublishedModels, GiveWhatTheirAuthorsShip) {
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().stem();
    const fs::path output = folder_ / (name + "_output_0.pb");
    if (entry.path().extension() != ".onnx" || !fs::exists(output)) continue;
    const auto shape = onnx::read_model(entry.path()).graph.inputs.at(0).dims.value();
    std::vector<std::int64_t> dims;
    for (const auto& dim : shape) dims.push_back(dim.size);
    std::int64_t size = 1;
    for (const std::int64_t dim : dims) size *= dim;
    const at::Tensor input = at::arange(size, at::kFloat).reshape(dims) / size;
    const at::Tensor wanted = nn::onnx::to_torch(onnx::read_tensor(output));
    EXPECT_EQ(fault(entry.path(), {input}, {wanted}), "") << name;
  }
}

}  // namespace
}  // namespace bitloom
