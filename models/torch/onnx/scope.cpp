#include "models/torch/onnx/scope.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/shown_name.h"
#include "models/onnx/inference/ordering.h"
#include "models/torch/onnx/tensors.h"

namespace bitloom::nn::onnx {

const Value* Scope::find(const std::string& name) {
  if (const auto found = values_.find(name); found != values_.end()) return &found->second;
  if (const auto stored = body_.initializers.find(name); stored != body_.initializers.end()) {
    Value& value = values_[name];
    value = {to_torch(stored->second), stored->second.type};
    return &value;
  }
  return outer_ ? outer_->find(name) : nullptr;
}

const Value& Scope::get(const std::string& name) {
  if (const Value* value = find(name)) return *value;
  throw UserError(fmt::format("nothing gives '{}'", shown_name(name)));
}

Plan plan_of(const bitloom::onnx::GraphBody& body) {
  std::set<std::string> needed;
  for (const bitloom::onnx::ValueInfo& output : body.outputs) needed.insert(output.name);
  const std::vector<std::size_t> order = bitloom::onnx::running_order(body.nodes);
  Plan plan;
  for (const std::size_t node : order) plan.steps.push_back({node});
  for (auto step = plan.steps.rbegin(); step != plan.steps.rend(); ++step) {
    const Node& node = body.nodes[step->node];
    std::set<std::string> seen = bitloom::onnx::names_read(node);
    seen.insert(node.outputs.begin(), node.outputs.end());
    for (const std::string& name : seen)
      if (needed.insert(name).second) step->last_read.push_back(name);
  }
  return plan;
}

}  // namespace bitloom::nn::onnx
