#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/onnx/tensor.h"

// A model as a file of ONNX says it (https://onnx.ai/onnx/repo-docs/IR.html), before anything is
// concluded from it.

namespace bitloom::onnx {

struct GraphBody;

struct Attribute {
  std::string name = {};
  int type = 0;                // AttributeProto.AttributeType; 0 where the file leaves it out
  std::string reference = {};  // in a function: the attribute of the call that gives its value
  std::int64_t integer = 0;
  float real = 0;
  std::string text = {};
  std::vector<std::int64_t> integers = {};
  std::vector<float> reals = {};
  std::vector<std::string> texts = {};
  std::optional<Tensor> tensor = {};
  std::shared_ptr<const GraphBody> body = {};
};

struct Node {
  std::string name = {};
  std::string op = {};
  std::string domain = {};               // empty: ONNX's own, also where a file says `ai.onnx`
  std::string overload = {};             // of a call: which of the functions of one name
  std::int64_t opset = 0;                // version of the domain; 0 where the model declares none
  std::vector<std::string> inputs = {};  // empty text: an input that is left out
  std::vector<std::string> outputs = {};
  std::vector<Attribute> attributes = {};

  const Attribute* attribute(std::string_view name) const;
  bool has(std::string_view name) const { return attribute(name) != nullptr; }
  bool has_input(std::size_t which) const {
    return which < inputs.size() && !inputs[which].empty();
  }
  // The value of an attribute, or `otherwise` where the node lacks it.
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  float real(std::string_view name, float otherwise) const;
  std::string text(std::string_view name, const std::string& otherwise) const;
  std::vector<std::int64_t> integers(std::string_view name,
                                     const std::vector<std::int64_t>& otherwise = {}) const;
};

/// An input or output of a graph: a tensor; its type and shape as far as the file tells them.
struct ValueInfo {
  struct Dimension {
    std::int64_t size = -1;   // -1: not known
    std::string symbol = {};  // of a size that is not known
  };
  std::string name = {};
  ElementType type = ElementType::kUndefined;
  std::optional<std::vector<Dimension>> dims = {};
};

struct GraphBody {
  std::string name = {};
  std::vector<Node> nodes = {};
  std::map<std::string, Tensor, std::less<>> initializers = {};
  std::vector<ValueInfo> inputs = {};  // initializers among them (IR 3) taken out
  std::vector<ValueInfo> outputs = {};
};

/// A function that the model itself defines.
struct Function {
  std::string name = {};
  std::string domain = {};
  std::string overload = {};
  std::vector<std::string> inputs = {};
  std::vector<std::string> outputs = {};
  std::vector<std::string> attribute_names = {};
  std::vector<Attribute> defaults = {};
  std::vector<Node> nodes = {};
};

struct Model {
  std::string path = {};
  std::int64_t ir_version = 0;
  std::string producer = {};
  std::map<std::string, std::string> metadata = {};  // what programs noted in it
  std::map<std::string, std::int64_t> opsets = {};   // by domain
  GraphBody graph = {};
  std::vector<Function> functions = {};
};

/// Reads a model. The file is mapped, not copied: tensors point into it. A UserError names the
/// file, the part of it, and what of it is no ONNX.
Model read_model(const std::string& path);

/// A TensorProto file, as test data of ONNX are kept.
Tensor read_tensor(const std::string& path);

}  // namespace bitloom::onnx
