#include "tests/onnx_run/node_data.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/error.h"
#include "models/torch/onnx/run.h"
#include "models/torch/onnx/tensors.h"
#include "tests/onnx_run/compare.h"

namespace bitloom::testing {
namespace {

namespace fs = std::filesystem;

void add_operators(const std::vector<onnx::Node>& nodes, std::set<std::string>& names) {
  for (const onnx::Node& node : nodes) {
    names.insert(node.domain.empty() ? node.op : node.domain + "." + node.op);
    for (const onnx::Attribute& attribute : node.attributes)
      if (attribute.body) add_operators(attribute.body->nodes, names);
  }
}

/// The files of inputs or outputs. Those of ONNX 1.12 call numbers of type bfloat16 uint16.
std::vector<at::Tensor> tensors_in(const fs::path& folder, const std::string& kind,
                                   const std::vector<onnx::ValueInfo>& values) {
  std::vector<at::Tensor> tensors;
  for (const onnx::ValueInfo& value : values) {
    const fs::path file = folder / fmt::format("{}_{}.pb", kind, tensors.size());
    if (!fs::exists(file)) return tensors;
    const onnx::Tensor tensor = onnx::read_tensor(file);
    const at::Tensor elements = nn::onnx::to_torch(tensor);
    const bool is_brain_float =
        value.type == onnx::ElementType::kBfloat16 && tensor.type != value.type;
    tensors.push_back(is_brain_float ? elements.to(at::kShort).view(at::kBFloat16) : elements);
  }
  return tensors;
}

/// Whether all inputs and outputs are tensors, and all operators known.
bool is_supported(const onnx::Model& model, const std::set<std::string>& operators) {
  for (const auto* values : {&model.graph.inputs, &model.graph.outputs})
    for (const onnx::ValueInfo& value : *values)
      if (value.type == onnx::ElementType::kUndefined) return false;
  const std::set<std::string> graphs{"If", "Loop", "Scan"};
  for (const std::string& name : operators)
    if (!graphs.count(name) && !nn::onnx::operator_of("", name)) return false;
  return true;
}

/// The first thing that is wrong; nothing where all is right. Tolerances are those of ONNX's own
/// runner.
std::string fault(const onnx::Model& model, const fs::path& data) {
  const auto outputs = nn::onnx::run(model, tensors_in(data, "input", model.graph.inputs));
  const auto wanted = tensors_in(data, "output", model.graph.outputs);
  if (outputs.size() != wanted.size())
    return fmt::format("{} outputs, not {}", outputs.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (const auto what = difference(outputs[i], wanted[i], 1e-3, 1e-7))
      return fmt::format("output {}: {}", i, *what);
  return "";
}

}  // namespace

fs::path node_data_folder() {
  const char* named = std::getenv("BITLOOM_ONNX_TESTDATA");
  return named ? named : "/usr/share/libonnx-testdata/data";
}

NodeTest run_node_test(const fs::path& folder) {
  NodeTest test;
  test.name = folder.filename();
  try {
    const onnx::Model model = onnx::read_model(folder / "model.onnx");
    add_operators(model.graph.nodes, test.operators);
    if (!is_supported(model, test.operators)) return test;
    test.outcome = NodeTest::Outcome::kPassed;
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.is_directory() && test.why.empty()) test.why = fault(model, entry.path());
    if (!test.why.empty()) test.outcome = NodeTest::Outcome::kFailed;
  } catch (const UserError& error) {
    test.outcome =
        error.is_unsupported() ? NodeTest::Outcome::kUnsupported : NodeTest::Outcome::kFailed;
    test.why = error.what();
  }
  return test;
}

}  // namespace bitloom::testing
