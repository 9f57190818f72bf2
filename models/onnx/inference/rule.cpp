#include "models/onnx/inference/rule.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/shown_name.h"

namespace bitloom::onnx {

const Value& NodeView::input(std::size_t which) const {
  if (!has(which)) throw refuse(fmt::format("lacks input {}", which + 1));
  return *inputs_[which];
}

const Shape& NodeView::dims(std::size_t which) const {
  const Value& value = input(which);
  if (!value.dims) throw Unknown{value.why_unknown};
  return *value.dims;
}

std::vector<std::int64_t> NodeView::integers(std::size_t which) const {
  const Value& value = input(which);
  if (!value.tensor)
    throw refuse(
        fmt::format("its input '{}' is not known before the network runs", shown_name(value.name)));
  return integers_of(*value.tensor);
}

std::optional<std::vector<std::int64_t>> NodeView::integers(const char* attribute,
                                                            std::size_t which) const {
  if (const Attribute* found = node_.attribute(attribute)) return found->integers;
  if (has(which)) return integers(which);
  return std::nullopt;
}

std::int64_t NodeView::axis(std::int64_t given, std::int64_t rank) const {
  if (given < -rank || given >= rank)
    throw refuse(fmt::format("axis {} is none of {} dimensions", given, rank));
  return given < 0 ? given + rank : given;
}

void NodeView::output(std::size_t which, Shape dims, ElementType type) {
  if (which >= outputs_.size()) return;
  constexpr std::int64_t kMostElements = std::int64_t{1} << 48;
  std::int64_t elements = 1;
  for (const std::int64_t dim : dims) {
    if (dim < 0 || dim > kMostElements / elements)
      throw refuse(fmt::format("gives a result of {}", graph::to_text(dims)));
    elements *= std::max<std::int64_t>(dim, 1);
  }
  outputs_[which]->dims = std::move(dims);
  outputs_[which]->type = type;
}

Unknown NodeView::refuse(const std::string& why) const {
  return {fmt::format("{} '{}': {}", node_.op, shown_name(node_.name), why)};
}

Rule rule_of(const std::string& domain, const std::string& op) {
  static const std::map<std::string, Rule, std::less<>> table = [] {
    std::map<std::string, Rule, std::less<>> rules;
    for (const Rules* kind : {&elementwise_rules(), &shape_rules(), &indexing_rules(),
                              &window_rules(), &product_rules(), &sequence_rules()})
      for (const auto& [name, rule] : *kind) rules.emplace(name, rule);
    return rules;
  }();
  // Where two domains use one name they mean one shape, but for Attention.
  if (op == "Attention" && domain == "com.microsoft") return table.at("com.microsoft.Attention");
  const auto found = table.find(op);
  return found == table.end() ? nullptr : found->second;
}

std::int64_t elements_between(const Shape& dims, std::size_t from, std::size_t to) {
  std::int64_t elements = 1;
  for (std::size_t i = from; i < to; ++i) elements *= dims[i];
  return elements;
}

Shape broadcast(const NodeView& node, const Shape& first, const Shape& second) {
  const Shape& longer = first.size() >= second.size() ? first : second;
  const Shape& shorter = first.size() >= second.size() ? second : first;
  Shape result = longer;
  const std::size_t skip = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::int64_t& dim = result[skip + i];
    if (dim == 1)
      dim = shorter[i];
    else if (shorter[i] != 1 && shorter[i] != dim)
      throw node.refuse(
          fmt::format("{} and {} do not fit", graph::to_text(first), graph::to_text(second)));
  }
  return result;
}

}  // namespace bitloom::onnx
