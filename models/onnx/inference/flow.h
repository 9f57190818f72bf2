#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/onnx/model.h"

// A model as one list of nodes: functions and branches that are taken put in the place of their
// calls, every value with what can be concluded of it.

namespace bitloom::onnx {

using ValueId = std::size_t;

struct Value {
  std::string name = {};
  ElementType type = ElementType::kUndefined;
  std::optional<Shape> dims = {};
  std::string why_unknown = {};       // of dims that are not known: the cause, for errors
  bool is_constant = false;           // the same whatever the network is given
  std::optional<Tensor> tensor = {};  // the elements of a constant, where nothing must be computed
};

struct Step {
  Node node = {};  // under a name that no other step has
  std::vector<std::optional<ValueId>> inputs = {};
  std::vector<ValueId> outputs = {};
};

struct Flow {
  std::vector<Value> values = {};
  std::vector<Step> steps = {};  // each after those that give its inputs
  std::vector<ValueId> inputs = {};
  std::vector<ValueId> outputs = {};
  std::map<std::string, int> unknown_operators = {};  // counts, by `domain.op`
  /// Products within nodes that run them as often as data say, by such a node: `Loop 'x'`.
  std::map<std::string, int> unpriced_products = {};

  const Value& input(const Step& step, std::size_t which) const {
    return values[step.inputs.at(which).value()];
  }
  bool has_input(const Step& step, std::size_t which) const {
    return which < step.inputs.size() && step.inputs[which].has_value();
  }
};

/// Sizes of inputs that the file leaves open, by name.
using InputShapes = std::map<std::string, Shape>;

/// Works out the values of `model`. A first dimension that the file leaves open is 1. A UserError
/// names an input with another open dimension, or one that `shapes` names and the model lacks, or
/// gives another number of dimensions than the file; a node that reads what nothing gives; a cycle.
Flow flow_of(const Model& model, const InputShapes& shapes = {});

}  // namespace bitloom::onnx
