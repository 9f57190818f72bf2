#include "models/onnx/inference/flow.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/shown_name.h"
#include "models/onnx/inference/folding.h"
#include "models/onnx/inference/functions.h"
#include "models/onnx/inference/ordering.h"
#include "models/onnx/inference/products_of_codes.h"
#include "models/onnx/inference/rule.h"
#include "models/onnx/products.h"

namespace bitloom::onnx {
namespace {

constexpr int kDeepestCall = 64;
constexpr const char* kChannelsLastDomain = "qonnx.custom_op.channels_last";
constexpr const char* kMicrosoft = "com.microsoft";
constexpr const char* kChannelsLast = "channels_last";

/// Names as one graph or function sees them.
struct Scope {
  const Scope* outer = nullptr;  // of a graph in an attribute; a function sees nothing outside
  std::string path = {};         // in front of the names of its nodes
  const std::map<std::string, Tensor, std::less<>>* initializers = nullptr;
  std::map<std::string, ValueId, std::less<>> names = {};
  int depth = 0;
};

/// Nodes with products in the graphs of a node's attributes.
int products_within(const Node& node) {
  int count = 0;
  for (const Attribute& attribute : node.attributes) {
    if (!attribute.body) continue;
    for (const Node& inner : attribute.body->nodes)
      count += has_products(inner) ? 1 : products_within(inner);
  }
  return count;
}

/// A UserError unless sizes are at least 0 and so few that products of them can be counted.
void require_countable(const Shape& dims, const char* what, const std::string& name) {
  constexpr std::int64_t kMost = std::int64_t{1} << 48;
  std::int64_t elements = 1;
  for (const std::int64_t dim : dims) {
    if (dim < 0 || dim > kMost / elements)
      throw UserError(fmt::format("{} '{}': {} is no shape of a tensor", what, shown_name(name),
                                  graph::to_text(dims)));
    elements *= std::max<std::int64_t>(dim, 1);
  }
}

/// `domain.op`, or `op` where it is ONNX's own.
std::string full_name(const Node& node) {
  return node.domain.empty() ? node.op : node.domain + "." + node.op;
}

/// Whether the first input and output of an operator have their channels last: QONNX's wrappers,
/// and ONNX Runtime's operators on codes that say so.
bool has_channels_last(const Node& node) {
  return node.domain == kChannelsLastDomain ||
         (node.domain == kMicrosoft && node.integer(kChannelsLast, 0) != 0);
}

class Walk {
 public:
  explicit Walk(const Model& model) : model_(model), most_nodes_(most_nodes_of(model)) {}

  Flow flow(const InputShapes& shapes) {
    require_known_inputs(shapes);
    Scope scope{.initializers = &model_.graph.initializers};
    for (const ValueInfo& input : model_.graph.inputs) {
      const ValueId id = add_value(input.name);
      flow_.values[id].type = input.type;
      flow_.values[id].dims = dims_of(input, shapes);
      require_countable(*flow_.values[id].dims, "input", input.name);
      scope.names[input.name] = id;
      flow_.inputs.push_back(id);
    }
    run(model_.graph.nodes, scope);
    for (const ValueInfo& output : model_.graph.outputs)
      flow_.outputs.push_back(find(output.name, scope, "the graph"));
    return std::move(flow_);
  }

 private:
  ValueId add_value(const std::string& name) {
    flow_.values.push_back(
        {.name = name,
         .why_unknown = fmt::format("the shape of '{}' is not known", shown_name(name))});
    return flow_.values.size() - 1;
  }

  void require_known_inputs(const InputShapes& shapes) const {
    for (const auto& [name, shape] : shapes) {
      std::vector<std::string> known;
      for (const ValueInfo& input : model_.graph.inputs) known.push_back(input.name);
      if (std::find(known.begin(), known.end(), name) == known.end())
        throw unknown_name("input", name, known);
    }
  }

  static Shape dims_of(const ValueInfo& input, const InputShapes& shapes);

  /// The value under a name, with the initializers of the scopes as they are needed.
  std::optional<ValueId> lookup(const std::string& name, Scope& scope) {
    for (Scope* at = &scope; at; at = const_cast<Scope*>(at->outer)) {
      if (const auto found = at->names.find(name); found != at->names.end()) return found->second;
      if (!at->initializers) continue;
      const auto constant = at->initializers->find(name);
      if (constant == at->initializers->end()) continue;
      return at->names[name] = add_constant(name, constant->second);
    }
    return std::nullopt;
  }

  ValueId find(const std::string& name, Scope& scope, const std::string& reader) {
    if (const auto found = lookup(name, scope)) return *found;
    throw UserError(fmt::format("{} reads '{}', which nothing gives", reader, shown_name(name)));
  }

  ValueId add_constant(const std::string& name, const Tensor& tensor) {
    const ValueId id = add_value(name);
    Value& value = flow_.values[id];
    require_countable(tensor.dims, "tensor", name);
    value.type = tensor.type;
    value.dims = tensor.dims;
    value.is_constant = true;
    value.tensor = tensor;
    return id;
  }

  void run(const std::vector<Node>& nodes, Scope& scope) {
    if (scope.depth > kDeepestCall)
      throw UserError(fmt::format("functions call each other more than {} deep", kDeepestCall));
    for (const std::size_t i : running_order(nodes)) {
      if (++nodes_seen_ > most_nodes_) throw too_many_nodes(model_);
      run(nodes[i], i, scope);
    }
  }

  void run(const Node& node, std::size_t index, Scope& scope) {
    if (node.outputs.empty()) return;  // nothing can read what it does
    Step step{.node = node};
    step.node.name =
        scope.path + (node.name.empty() ? fmt::format("{}_{}", node.op, index) : node.name);
    const std::string reader = fmt::format("{} '{}'", node.op, shown_name(step.node.name));
    for (const std::string& input : node.inputs)
      step.inputs.push_back(input.empty() ? std::nullopt
                                          : std::optional(find(input, scope, reader)));
    if (const Function* function = function_of(model_, node))
      call(*function, step, scope);
    else if (has_channels_last(node) && !step.inputs.empty() && step.inputs[0])
      run_channels_last(step, scope);
    else if (const auto nodes = in_real_numbers(step.node, own_opset());
             !nodes.empty() && has_plain_scales(step))
      run_in_real_numbers(nodes, scope);
    else if (node.op == "If" && node.domain.empty() && branch_of(step))
      take(*branch_of(step), step, scope);
    else if (const auto constant = node.op == "Constant" ? constant_tensor(node) : std::nullopt)
      bind(node.outputs.at(0), add_constant(node.outputs.at(0), *constant), scope);
    else
      compute(std::move(step), scope);
  }

  static void bind(const std::string& name, ValueId id, Scope& scope) {
    if (!name.empty()) scope.names[name] = id;
  }

  // Calls, in whose place their nodes are put.

  /// The branch that If takes, where that is known.
  std::shared_ptr<const GraphBody> branch_of(const Step& step) const {
    if (step.inputs.size() != 1 || !step.inputs[0]) return nullptr;
    const Value& condition = flow_.values[*step.inputs[0]];
    if (!condition.tensor || condition.tensor->size() != 1) return nullptr;
    const bool holds = integers_of(*condition.tensor).front() != 0;
    const Attribute* branch = step.node.attribute(holds ? "then_branch" : "else_branch");
    return branch ? branch->body : nullptr;
  }

  void take(const GraphBody& branch, const Step& step, Scope& scope) {
    Scope inner{.outer = &scope,
                .path = step.node.name + "/",
                .initializers = &branch.initializers,
                .depth = scope.depth + 1};
    run(branch.nodes, inner);
    for (std::size_t i = 0; i < std::min(step.node.outputs.size(), branch.outputs.size()); ++i)
      bind(step.node.outputs[i], find(branch.outputs[i].name, inner, step.node.name), scope);
  }

  void call(const Function& function, const Step& step, Scope& scope) {
    Scope inner{.path = step.node.name + "/", .depth = scope.depth + 1};
    for (std::size_t i = 0; i < function.inputs.size(); ++i)
      if (i < step.inputs.size() && step.inputs[i])
        inner.names[function.inputs[i]] = *step.inputs[i];
    run(called_nodes(function, step.node), inner);
    for (std::size_t i = 0; i < std::min(step.node.outputs.size(), function.outputs.size()); ++i)
      if (!step.node.outputs[i].empty())
        bind(step.node.outputs[i], find(function.outputs[i], inner, step.node.name), scope);
  }

  /// Scales and zero points of one dimension at most: what DequantizeLinear takes.
  bool has_plain_scales(const Step& step) const {
    // Codes, scale and zero point of each factor; or codes of both, and then their zero points.
    const bool has_scales = step.node.op.starts_with('Q');
    const std::size_t first = has_scales ? 1 : 2, end = has_scales ? 6 : 4;
    for (std::size_t i = first; i < std::min(step.inputs.size(), end); ++i) {
      if ((has_scales && i == 3) || !step.inputs[i]) continue;
      const Value& scale = flow_.values[*step.inputs[i]];
      if (!scale.dims || scale.dims->size() > 1) return false;
    }
    return true;
  }

  void run_in_real_numbers(const std::vector<Node>& nodes, Scope& scope) {
    Scope inner{.outer = &scope, .depth = scope.depth + 1};
    inner.names[kScaleOfOne] = add_constant(kScaleOfOne, tensor_of(std::vector<float>{1}, {}));
    run(nodes, inner);
    const std::string& output = nodes.back().outputs.front();
    bind(output, find(output, inner, nodes.back().name), scope);
  }

  /// The version of ONNX's own operators.
  std::int64_t own_opset() const { return model_.opsets.count("") ? model_.opsets.at("") : 1; }

  /// An operator that has_channels_last(): the operator itself between two transpositions.
  void run_channels_last(const Step& step, Scope& scope) {
    const Value& input = flow_.values[*step.inputs[0]];
    const std::size_t rank = input.dims ? input.dims->size() : 4;
    std::vector<std::int64_t> to_first{0, static_cast<std::int64_t>(rank) - 1}, to_last{0};
    for (std::size_t i = 1; i + 1 < rank; ++i) {
      to_first.push_back(static_cast<std::int64_t>(i));
      to_last.push_back(static_cast<std::int64_t>(i) + 1);
    }
    to_last.push_back(1);
    Scope inner{.outer = &scope, .depth = scope.depth + 1};
    Node wrapped = step.node;
    std::erase_if(wrapped.attributes, [](const auto& each) { return each.name == kChannelsLast; });
    if (wrapped.domain == kChannelsLastDomain) {
      wrapped.domain.clear();
      wrapped.opset = own_opset();
    }
    wrapped.inputs[0] = "channels first";
    wrapped.outputs = {"result"};
    const auto transposed = [&](const char* what, const std::string& from, const std::string& to,
                                std::vector<std::int64_t> order) {
      return Node{.name = fmt::format("{}/{}", step.node.name, what),
                  .op = "Transpose",
                  .opset = own_opset(),
                  .inputs = {from},
                  .outputs = {to},
                  .attributes = {{.name = "perm", .type = 7, .integers = std::move(order)}}};
    };
    run({transposed("first", step.node.inputs[0], "channels first", to_first), wrapped,
         transposed("last", "result", "channels last", to_last)},
        inner);
    bind(step.node.outputs[0], find("channels last", inner, step.node.name), scope);
  }

  // Nodes of their own.

  std::string own_name(const std::string& wanted) {
    std::string name = wanted;
    for (int& count = step_names_[wanted]; step_names_.count(name) && count > 0;)
      name = fmt::format("{}_{}", wanted, ++count);
    ++step_names_[name];
    return name;
  }

  void compute(Step step, Scope& scope) {
    std::vector<ValueId> outputs;
    for (const std::string& name : step.node.outputs) {
      outputs.push_back(add_value(name));
      bind(name, outputs.back(), scope);
    }
    const auto inputs = [&] {
      std::vector<const Value*> values;
      for (const auto& input : step.inputs)
        values.push_back(input ? &flow_.values[*input] : nullptr);
      return values;
    }();
    std::vector<Value*> results;
    for (const ValueId id : outputs) results.push_back(&flow_.values[id]);
    infer(step.node, inputs, results);
    const bool is_constant = std::all_of(inputs.begin(), inputs.end(), [](const Value* value) {
      return !value || value->is_constant;
    });
    if (const auto tensors = folded(step.node, inputs, results)) {
      for (std::size_t i = 0; i < tensors->size() && i < results.size(); ++i) {
        results[i]->is_constant = true;
        results[i]->tensor = (*tensors)[i];
      }
      return;
    }
    const bool is_random = step.node.op.rfind("Random", 0) == 0 || step.node.op == "Bernoulli";
    for (Value* result : results) result->is_constant = is_constant && !is_random;
    step.node.name = own_name(step.node.name);
    step.outputs = std::move(outputs);
    flow_.steps.push_back(std::move(step));
  }

  void infer(const Node& node, const std::vector<const Value*>& inputs,
             const std::vector<Value*>& outputs) {
    NodeView view(node, inputs, outputs);
    try {
      if (const Rule rule = rule_of(node.domain, node.op))
        rule(view);
      else
        guess(node, inputs, view);
    } catch (const Unknown& unknown) {
      for (Value* output : outputs)
        if (!output->dims) output->why_unknown = unknown.why;
    }
  }

  /// An operator that nobody told us of: with one input that is no constant it keeps its shape.
  void guess(const Node& node, const std::vector<const Value*>& inputs, NodeView& view) {
    std::vector<std::size_t> data;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i] && !inputs[i]->is_constant) data.push_back(i);
    if (node.op != "If" && node.op != "Loop" && node.op != "Scan" && data.size() == 1) {
      ++flow_.unknown_operators[full_name(node)];
      view.output(0, view.dims(data.front()), view.type(data.front()));
      return;
    }
    if (const int products = products_within(node))
      flow_.unpriced_products[fmt::format("{} '{}'", node.op, shown_name(node.name))] = products;
    throw view.refuse("what it computes is not known");
  }

  const Model& model_;
  std::map<std::string, int> step_names_;  // how often each was wanted
  std::size_t nodes_seen_ = 0, most_nodes_;
  Flow flow_;
};

std::string dims_text(const ValueInfo& input) {
  std::vector<std::string> dims;
  for (const auto& [size, symbol] : *input.dims)
    dims.push_back(size >= 0 ? fmt::format("{}", size) : symbol.empty() ? "?" : symbol);
  return fmt::format("{}", fmt::join(dims, ","));
}

/// The dimensions with something in the places of those that are open: `1,3,N,N`.
std::string filled_dims(const ValueInfo& input) {
  std::vector<std::string> dims;
  for (std::size_t i = 0; i < input.dims->size(); ++i) {
    const std::int64_t size = (*input.dims)[i].size;
    dims.push_back(size >= 0 ? fmt::format("{}", size) : i == 0 ? "1" : "N");
  }
  return fmt::format("{}", fmt::join(dims, ","));
}

Shape Walk::dims_of(const ValueInfo& input, const InputShapes& shapes) {
  const auto found = shapes.find(input.name);
  if (found != shapes.end()) {
    if (input.dims && input.dims->size() != found->second.size())
      throw UserError(fmt::format("--input {}: has {} dimensions in the model: {}", input.name,
                                  input.dims->size(), dims_text(input)));
    return found->second;
  }
  if (!input.dims)
    throw UserError(fmt::format("input '{}' has no shape: give it with --input {}=1,...",
                                shown_name(input.name), shown_name(input.name)));
  Shape dims;
  for (std::size_t i = 0; i < input.dims->size(); ++i) {
    const std::int64_t size = (*input.dims)[i].size;
    if (size < 0 && i > 0)
      throw UserError(fmt::format(
          "input '{}' is {}, which leaves sizes open: give them with "
          "--input {}={}",
          shown_name(input.name), dims_text(input), shown_name(input.name), filled_dims(input)));
    dims.push_back(size < 0 ? 1 : size);
  }
  return dims;
}

}  // namespace

Flow flow_of(const Model& model, const InputShapes& shapes) {
  try {
    return Walk(model).flow(shapes);
  } catch (const UserError& error) {
    throw error.with_text(fmt::format("{}: {}", model.path, error.what()));
  }
}

}  // namespace bitloom::onnx
