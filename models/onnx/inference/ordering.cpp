#include "models/onnx/inference/ordering.h"

#include <functional>
#include <map>
#include <queue>

#include <fmt/format.h>

#include "base/error.h"
#include "base/shown_name.h"

namespace bitloom::onnx {
namespace {

void add_names_read(const Node& node, std::set<std::string>& names) {
  for (const std::string& input : node.inputs)
    if (!input.empty()) names.insert(input);
  for (const Attribute& attribute : node.attributes) {
    if (!attribute.body) continue;
    std::set<std::string> within;
    for (const Node& inner : attribute.body->nodes) add_names_read(inner, within);
    for (const ValueInfo& output : attribute.body->outputs) within.insert(output.name);
    for (const Node& inner : attribute.body->nodes)
      for (const std::string& output : inner.outputs) within.erase(output);
    for (const ValueInfo& input : attribute.body->inputs) within.erase(input.name);
    for (const auto& [name, tensor] : attribute.body->initializers) within.erase(name);
    names.merge(within);
  }
}

}  // namespace

std::set<std::string> names_read(const Node& node) {
  std::set<std::string> names;
  add_names_read(node, names);
  return names;
}

std::vector<std::size_t> running_order(const std::vector<Node>& nodes) {
  std::map<std::string_view, std::size_t> giver;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (const std::string& output : nodes[i].outputs)
      if (!output.empty() && !giver.emplace(output, i).second)
        throw UserError(fmt::format("'{}' is given by two nodes", shown_name(output)));
  std::vector<std::vector<std::size_t>> readers(nodes.size());
  std::vector<std::size_t> waits_for(nodes.size(), 0);
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (const std::string& name : names_read(nodes[i]))
      if (const auto found = giver.find(name); found != giver.end()) {
        readers[found->second].push_back(i);
        ++waits_for[i];
      }
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (waits_for[i] == 0) ready.push(i);
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const std::size_t next = ready.top();
    ready.pop();
    order.push_back(next);
    for (const std::size_t reader : readers[next])
      if (--waits_for[reader] == 0) ready.push(reader);
  }
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (waits_for[i] > 0)
      throw UserError(fmt::format("{} '{}' waits for its own result: the graph has a cycle",
                                  nodes[i].op, shown_name(nodes[i].name)));
  return order;
}

}  // namespace bitloom::onnx
