#include "models/torch/onnx/run.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/torch/onnx/interpreter.h"

namespace bitloom::nn::onnx {

std::vector<Tensor> run(const bitloom::onnx::Model& model, const std::vector<Tensor>& inputs,
                        Precision precision) {
  const at::NoGradGuard no_gradients;
  std::vector<Value> given;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool has_type = i < model.graph.inputs.size();
    given.push_back({inputs[i], has_type ? model.graph.inputs[i].type : ElementType::kUndefined});
  }
  try {
    std::vector<Tensor> outputs;
    for (Value& output : Interpreter(model, precision).run(model.graph, given, nullptr))
      outputs.push_back(std::move(output.tensor));
    return outputs;
  } catch (const UserError& error) {
    throw error.with_text(fmt::format("{}: {}", model.path, error.what()));
  }
}

}  // namespace bitloom::nn::onnx
