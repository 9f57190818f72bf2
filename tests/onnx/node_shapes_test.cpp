// The shapes of ONNX's own node tests, which Debian's libonnx-testdata brings: of every operator
// that a rule knows, results have the shape and type that the test data have.
#include <gtest/gtest.h>

#include <filesystem>
#include <tuple>

#include "base/error.h"
#include "models/onnx/inference/rule.h"

namespace bitloom {
namespace {

namespace fs = std::filesystem;
const fs::path kNodeTests = "/usr/share/libonnx-testdata/data/node";

/// A tensor of the test's data; nothing where it is a sequence or an optional value.
std::optional<onnx::Tensor> data(const fs::path& test, const char* what, std::size_t i) {
  const fs::path file = test / "test_data_set_0" / (what + std::to_string(i) + ".pb");
  if (!fs::exists(file)) return std::nullopt;
  try {
    onnx::Tensor tensor = onnx::read_tensor(file.string());
    return onnx::bits_of(tensor.type) > 0 ? std::optional(tensor) : std::nullopt;
  } catch (const UserError& error) {
    if (error.kind() != UserError::Kind::kInput) throw;
    return std::nullopt;
  }
}

/// The model with the inputs' shapes; short lists of numbers become constants, as they are in
/// models that were exported.
onnx::Flow flow_of_test(const fs::path& test, onnx::Model model) {
  onnx::InputShapes shapes;
  std::vector<onnx::ValueInfo> inputs;
  for (std::size_t i = 0; i < model.graph.inputs.size(); ++i) {
    const onnx::ValueInfo& input = model.graph.inputs[i];
    const auto tensor = data(test, "input_", i);
    const bool is_list = tensor && tensor->dims.size() <= 1 && tensor->size() <= 16;
    const bool tells_shape = is_list && (tensor->type == onnx::ElementType::kInt64 ||
                                         input.name == "scales" || input.name == "depth");
    if (tells_shape) {
      model.graph.initializers[input.name] = *tensor;
      continue;
    }
    if (tensor && (!input.dims || input.dims->size() == tensor->dims.size()))
      shapes[input.name] = tensor->dims;
    inputs.push_back(input);
  }
  model.graph.inputs = inputs;
  return onnx::flow_of(model, shapes);
}

/// Not sequences and optional values, of which nothing is told.
bool has_tensors_only(const onnx::Model& model) {
  const auto is_tensor = [](const onnx::ValueInfo& value) {
    return value.type != onnx::ElementType::kUndefined;
  };
  const auto& [inputs, outputs] = std::tie(model.graph.inputs, model.graph.outputs);
  return std::all_of(inputs.begin(), inputs.end(), is_tensor) &&
         std::all_of(outputs.begin(), outputs.end(), is_tensor);
}

bool all_have_rules(const onnx::Model& model) {
  return std::all_of(model.graph.nodes.begin(), model.graph.nodes.end(), [](const auto& node) {
    return onnx::rule_of(node.domain, node.op) != nullptr;
  });
}

TEST(OnnxNodeTests, HaveTheShapesAndTypesOfTheirResults) {
  if (!fs::exists(kNodeTests)) GTEST_SKIP() << "no " << kNodeTests << ": install libonnx-testdata";
  int compared = 0;
  for (const auto& entry : fs::directory_iterator(kNodeTests)) {
    const onnx::Model model = onnx::read_model((entry.path() / "model.onnx").string());
    if (!all_have_rules(model) || !has_tensors_only(model)) continue;
    const onnx::Flow flow = flow_of_test(entry.path(), model);
    for (std::size_t i = 0; i < flow.outputs.size(); ++i) {
      const onnx::Value& value = flow.values[flow.outputs[i]];
      const auto expected = data(entry.path(), "output_", i);
      if (!expected || !value.dims) continue;
      EXPECT_EQ(*value.dims, expected->dims) << entry.path();
      // ONNX's bfloat16 tests keep their data as uint16.
      if (value.type != onnx::ElementType::kBfloat16) {
        EXPECT_EQ(value.type, expected->type) << entry.path();
      }
      if (value.tensor && onnx::is_integer(value.type)) {
        EXPECT_EQ(onnx::integers_of(*value.tensor), onnx::integers_of(*expected)) << entry.path();
      }
      ++compared;
    }
  }
  EXPECT_GT(compared, 700);
}

}  // namespace
}  // namespace bitloom
