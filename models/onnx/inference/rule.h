#pragma once

#include <string>
#include <vector>

#include "models/onnx/inference/flow.h"

namespace bitloom::onnx {

/// Why the shape of a value cannot be told.
struct Unknown {
  std::string why;
};

/// A node whose outputs' shapes are looked for, as a rule sees it. What a rule asks for and cannot
/// have is thrown as Unknown.
class NodeView {
 public:
  NodeView(const Node& node, std::vector<const Value*> inputs, std::vector<Value*> outputs)
      : node_(node), inputs_(std::move(inputs)), outputs_(std::move(outputs)) {}

  const Node& node() const { return node_; }
  std::size_t inputs() const { return inputs_.size(); }
  std::size_t outputs() const { return outputs_.size(); }
  bool has(std::size_t which) const { return which < inputs_.size() && inputs_[which]; }
  const Value& input(std::size_t which) const;
  const Shape& dims(std::size_t which) const;
  /// One of them; from the end where it is negative.
  std::int64_t dim(std::size_t which, std::int64_t at) const {
    return dims(which)[static_cast<std::size_t>(axis(at, rank(which)))];
  }
  std::int64_t rank(std::size_t which) const {
    return static_cast<std::int64_t>(dims(which).size());
  }
  ElementType type(std::size_t which) const { return has(which) ? inputs_[which]->type : kNone; }
  /// The elements of an input that is a constant of whole numbers.
  std::vector<std::int64_t> integers(std::size_t which) const;
  /// What was an attribute in older versions of an operator and is an input today.
  std::optional<std::vector<std::int64_t>> integers(const char* attribute, std::size_t which) const;
  /// An attribute that counts dimensions of input `which` from the end where it is negative.
  std::int64_t axis(std::int64_t given, std::int64_t rank) const;

  /// The shape and type of an output; one that the node does not have is ignored.
  void output(std::size_t which, Shape dims, ElementType type);
  /// Of the first output, with the type of the first input.
  void output(Shape dims) { output(0, std::move(dims), type(0)); }
  Unknown refuse(const std::string& why) const;

 private:
  static constexpr ElementType kNone = ElementType::kUndefined;
  const Node& node_;
  std::vector<const Value*> inputs_;
  std::vector<Value*> outputs_;
};

using Rule = void (*)(NodeView& node);

/// The rule of an operator; null where none is known.
Rule rule_of(const std::string& domain, const std::string& op);

struct RuleRow {
  const char* op;
  Rule rule;
};
using Rules = std::vector<RuleRow>;

// The rules by kind; a file each.
const Rules& elementwise_rules();
const Rules& shape_rules();
const Rules& indexing_rules();
const Rules& window_rules();
const Rules& product_rules();
const Rules& sequence_rules();

/// Elements of the dimensions from `from` up to `to`.
std::int64_t elements_between(const Shape& dims, std::size_t from, std::size_t to);

/// A factor of FusedMatMul or Gemm as it is multiplied. `transBatchA` has the batch between both
/// dimensions of the matrix, `transA` swaps these; so do those of B.
Shape fused_factor(const NodeView& node, std::size_t which);

/// The shape of two broadcast together, by https://onnx.ai/onnx/repo-docs/Broadcasting.html.
Shape broadcast(const NodeView& node, const Shape& first, const Shape& second);

}  // namespace bitloom::onnx
