#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/torch/onnx/call.h"

// What a graph of ONNX holds while it runs.

namespace bitloom::nn::onnx {

struct Value {
  Tensor tensor = {};
  ElementType type = ElementType::kUndefined;  // as the model has it
};

/// Values by name, those of the graphs around included.
class Scope {
 public:
  Scope(const bitloom::onnx::GraphBody& body, Scope* outer) : body_(body), outer_(outer) {}

  void set(const std::string& name, Value value) { values_[name] = std::move(value); }
  void forget(const std::string& name) { values_.erase(name); }
  /// A value or a constant of the model; a UserError where nothing gives it.
  const Value& get(const std::string& name);

 private:
  const Value* find(const std::string& name);

  const bitloom::onnx::GraphBody& body_;
  Scope* outer_;
  std::map<std::string, Value, std::less<>> values_ = {};
};

/// In what order the nodes of a graph run, and what nobody reads after each.
struct Plan {
  struct Step {
    std::size_t node = 0;
    std::vector<std::string> last_read = {};
  };
  std::vector<Step> steps = {};
};

/// A UserError where a node waits for itself or two give one value.
Plan plan_of(const bitloom::onnx::GraphBody& body);

}  // namespace bitloom::nn::onnx
