#include "models/onnx/import.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/shown_name.h"
#include "models/onnx/call.h"
#include "models/onnx/products.h"
#include "models/operators/convolution.h"
#include "models/operators/input.h"

namespace bitloom::onnx {
namespace {

using graph::Graph;
using graph::LayerShape;
using graph::NodeId;

/// Engines multiply a layer's sizes with each other.
void require_in_range(const Step& step, const LayerShape& layer) {
  constexpr long double kMostMacs = 1LL << 50;
  const long double macs =
      static_cast<long double>(layer.output.height) * static_cast<long double>(layer.output.width) *
      static_cast<long double>(layer.out_channels) * static_cast<long double>(layer.kernel.height) *
      static_cast<long double>(layer.kernel.width) * static_cast<long double>(layer.in_channels) /
      static_cast<long double>(layer.groups);
  if (macs > kMostMacs)
    throw UserError(
        fmt::format("{} '{}' cannot be priced: it has more than 2^50 "
                    "multiply-accumulates",
                    step.node.op, shown_name(step.node.name)));
  for (const std::int64_t size :
       {layer.in_channels, layer.out_channels, layer.kernel_area(), layer.output_pixels(),
        layer.input.height * layer.input.width, layer.stride.height, layer.stride.width})
    if (size > graph::kMostPerDimension)
      throw UserError(fmt::format("{} '{}' cannot be priced: a size of {} is above {}",
                                  step.node.op, shown_name(step.node.name), size,
                                  graph::kMostPerDimension));
}

/// Makes a graph of a flow.
class Importer {
 public:
  Importer(const Flow& flow, const std::string& name, bool with_bits)
      : flow_(flow), result_{Graph(name)} {
    if (with_bits) tracer_.emplace(flow);
  }

  Imported import() {
    for (const ValueId id : flow_.inputs) add_input(id);
    find_used();
    for (const Step& step : flow_.steps) add(step);
    for (const ValueId id : flow_.outputs)
      if (const auto found = nodes_.find(id); found != nodes_.end())
        result_.graph.add_output(own_output_name(flow_.values[id].name), found->second);
    result_.unknown = flow_.unknown_operators;
    result_.unpriced = flow_.unpriced_products;
    return std::move(result_);
  }

 private:
  void add_input(ValueId id) {
    const Value& value = flow_.values[id];
    const std::string name = own_name(value.name);
    nodes_[id] = result_.graph.add(name, graph::Input{graph_shape(*value.dims)}, {});
    ValueInfo info{.name = name, .type = value.type};
    info.dims.emplace();
    for (const std::int64_t size : *value.dims) info.dims->push_back({size, ""});
    result_.inputs.push_back(std::move(info));
  }

  std::string own_name(std::string wanted) {
    std::replace_if(
        wanted.begin(), wanted.end(), [](unsigned char c) { return std::iscntrl(c) != 0; },
        '?');  // rows are a line each
    std::string name = wanted;
    for (int i = 2; !names_.insert(name).second; ++i) name = fmt::format("{}_{}", wanted, i);
    return name;
  }

  std::string own_output_name(const std::string& wanted) {
    std::string name = wanted;
    for (int i = 2; !output_names_.insert(name).second; ++i) name = fmt::format("{}_{}", wanted, i);
    return name;
  }

  /// Outputs that something reads; of a node without any, the first.
  void find_used() {
    for (const Step& step : flow_.steps)
      for (const auto& input : step.inputs)
        if (input) used_.insert(*input);
    used_.insert(flow_.outputs.begin(), flow_.outputs.end());
    for (const Step& step : flow_.steps)
      for (const ValueId id : step.outputs) giver_[id] = &step;
  }

  std::shared_ptr<const Constant> constant(ValueId id, int depth = 0) {
    constexpr int kDeepest = 1000;
    auto& kept = constants_[id];
    if (kept) return kept;
    if (depth > kDeepest)
      throw UserError(
          fmt::format("constants are computed from each other more than {} deep", kDeepest));
    const Value& value = flow_.values[id];
    Constant made{.type = value.type, .dims = value.dims, .tensor = value.tensor};
    if (!made.tensor) {
      const auto giver = giver_.find(id);
      if (giver == giver_.end()) throw given_by_nothing(id);
      const Step& step = *giver->second;
      made.node = step.node;
      for (const auto& input : step.inputs)
        made.inputs.push_back(input ? constant(*input, depth + 1) : nullptr);
      made.output = static_cast<std::size_t>(
          std::find(step.outputs.begin(), step.outputs.end(), id) - step.outputs.begin());
    }
    return kept = std::make_shared<const Constant>(std::move(made));
  }

  UserError given_by_nothing(ValueId id) const {
    return UserError(fmt::format("'{}' is read, which its node does not give",
                                 shown_name(flow_.values[id].name)));
  }

  NodeId node_of(ValueId id) const {
    const auto found = nodes_.find(id);
    if (found == nodes_.end()) throw given_by_nothing(id);
    return found->second;
  }

  /// Whether outputs but the first are read.
  bool gives_more(const Step& step) const {
    return step.outputs.size() > 1 && std::any_of(step.outputs.begin() + 1, step.outputs.end(),
                                                  [&](ValueId id) { return used_.count(id) > 0; });
  }

  void add(const Step& step) {
    const bool is_constant = !step.outputs.empty() &&
                             std::all_of(step.outputs.begin(), step.outputs.end(),
                                         [&](ValueId id) { return flow_.values[id].is_constant; });
    if (is_constant) return;
    if (gives_its_input(flow_, step) && !gives_more(step)) {
      nodes_[step.outputs[0]] = node_of(*step.inputs[0]);
      ++result_.beside[step.node.op];
      return;
    }
    const bool has_one = !gives_more(step);
    if (const auto native =
            !has_one ? std::nullopt : native_of(flow_, step, [&](std::size_t which) {
              return constant(step.inputs.at(which).value());
            }))
      return add_native(step, *native);
    std::vector<NodeId> inputs;
    Call call{.node = step.node};
    for (const auto& input : step.inputs) {
      Operand operand;
      if (input) operand.type = flow_.values[*input].type;
      if (input && flow_.values[*input].is_constant) {
        operand.constant = constant(*input);
      } else if (input) {
        operand.is_input = true;
        operand.dims = flow_.values[*input].dims;
        inputs.push_back(node_of(*input));
      }
      call.operands.push_back(std::move(operand));
    }
    const std::vector<LayerShape> products = products_of(flow_, step);
    if (products.empty()) {
      ++result_.beside[step.node.op];
      add_outputs(step, call, inputs, 0);
    } else {
      add_products(step, call, inputs, products);
    }
  }

  void add_native(const Step& step, const Native& native) {
    std::vector<NodeId> inputs;
    for (const std::size_t which : native.inputs) inputs.push_back(node_of(*step.inputs[which]));
    if (!native.op.is_layer())
      ++result_.beside[step.node.op];
    else if (tracer_)
      result_.bits.push_back(tracer_->of(step));
    const std::string name = own_name(step.node.name);
    const graph::Operator op = sharing(native, name);
    const NodeId node = result_.graph.add(name, op, inputs);
    nodes_[step.outputs[0]] = node;
    if (native.op.is_layer())
      require_in_range(step, native.op.layer(result_.graph.input_shapes(result_.graph.node(node)),
                                             result_.graph.node(node).shape));
    if (op.parameters(result_.graph.input_shapes(result_.graph.node(node))).empty()) return;
    for (const auto& [suffix, source] : native.parameters)
      result_.parameters[name + suffix] = source;
  }

  /// The operator; a convolution of the same weights and bias as an earlier one uses that one's.
  graph::Operator sharing(const Native& native, const std::string& name) {
    if (!native.op.is<graph::Convolution>()) return native.op;
    graph::Convolution op = native.op.as<graph::Convolution>();
    std::vector<const Constant*> key;
    for (const auto& [suffix, source] : native.parameters) key.push_back(source.constant.get());
    const auto [found, is_first] = owners_.emplace(std::pair(std::move(key), op.groups), name);
    if (is_first) return native.op;
    op.weights_of = found->second;
    return op;
  }

  /// A node for each output from `first` on that something reads.
  void add_outputs(const Step& step, Call call, const std::vector<NodeId>& inputs,
                   std::size_t first) {
    for (std::size_t i = first; i < step.outputs.size(); ++i) {
      const ValueId id = step.outputs[i];
      if (i > 0 && !used_.count(id)) continue;
      call.output = i;
      call.dims = flow_.values[id].dims;
      const std::string name = i == 0 ? step.node.name : fmt::format("{}:{}", step.node.name, i);
      nodes_[id] = result_.graph.add(own_name(name), call, inputs);
    }
  }

  void add_products(const Step& step, Call call, std::vector<NodeId> inputs,
                    const std::vector<LayerShape>& products) {
    call.dims = flow_.values[step.outputs[0]].dims;
    for (std::size_t i = 0; i < products.size(); ++i) {
      LayerShape product = products[i];
      require_in_range(step, product);
      const std::string name = product.name.empty()
                                   ? step.node.name
                                   : fmt::format("{}.{}", step.node.name, product.name);
      product.name.clear();
      const bool is_last = i + 1 == products.size();
      const bool is_work = product.macs().count() > 0;
      const graph::Operator op =
          is_work ? graph::Operator(ProductCall{call, product, is_last}) : graph::Operator(call);
      const NodeId node = result_.graph.add(own_name(name), op, inputs);
      nodes_[step.outputs[0]] = node;
      if (is_work && tracer_) result_.bits.push_back(tracer_->of(step));
      if (!is_last) inputs.push_back(node);
    }
    add_outputs(step, call, inputs, 1);
  }

  const Flow& flow_;
  Imported result_;
  std::map<ValueId, NodeId> nodes_;
  std::map<ValueId, const Step*> giver_;
  std::map<ValueId, std::shared_ptr<const Constant>> constants_;
  /// Convolutions by their parameters and groups.
  std::map<std::pair<std::vector<const Constant*>, std::int64_t>, std::string> owners_;
  std::set<ValueId> used_;
  std::optional<BitTracer> tracer_;
  std::set<std::string> names_, output_names_;
};

std::int64_t macs_of(const Imported& imported) {
  return graph::macs_of(graph::layers_of(imported.graph)).count();
}

/// The inputs for one image, where the file states `batch` of them in front of all inputs.
InputShapes for_one_image(const Flow& flow, std::int64_t batch) {
  InputShapes shapes;
  for (const ValueId id : flow.inputs) {
    Shape dims = *flow.values[id].dims;
    if (!dims.empty() && dims.front() == batch) dims.front() = 1;
    shapes[flow.values[id].name] = std::move(dims);
  }
  return shapes;
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Imported import_flow(const Flow& flow, const std::string& path, bool with_bits) {
  if (flow.inputs.empty()) throw UserError("has no input: nothing depends on an image");
  return Importer(flow, file_name(path), with_bits).import();
}

/// The same for one of `batch` images; nothing where the first dimension does not count images.
std::optional<Imported> import_one(const Model& model, const Flow& whole, std::int64_t batch,
                                   bool with_bits) {
  try {
    return import_flow(flow_of(model, for_one_image(whole, batch)), model.path, with_bits);
  } catch (const UserError& error) {
    if (error.kind() == UserError::Kind::kResource) throw;
    return std::nullopt;
  }
}

/// A shape without a name is the first input's.
InputShapes with_names(InputShapes shapes, const Model& model) {
  const auto nameless = shapes.extract("");
  if (nameless.empty() || model.graph.inputs.empty()) return shapes;
  const std::string& first = model.graph.inputs.front().name;
  if (!shapes.emplace(first, nameless.mapped()).second)
    throw UserError(fmt::format("--input {}: is given twice, once without its name", first));
  return shapes;
}

Imported imported(const std::string& path, const InputShapes& given, bool with_bits) {
  const Model model = read_model(path);
  const InputShapes shapes = with_names(given, model);
  try {
    const Flow flow = flow_of(model, shapes);
    Imported whole = import_flow(flow, path, with_bits);
    whole.metadata = model.metadata;
    const Shape& first = *flow.values[flow.inputs.front()].dims;
    const bool is_sequence = first.size() == 3;  // steps x batch x features, often
    const std::int64_t batch = first.empty() || is_sequence ? 1 : first.front();
    if (batch <= 1) return whole;
    std::optional<Imported> one = import_one(model, flow, batch, with_bits);
    if (!one || macs_of(*one) * batch != macs_of(whole)) return whole;
    one->batch = batch;
    one->metadata = model.metadata;
    return *std::move(one);
  } catch (const UserError& error) {
    const std::string text = error.what();
    throw text.rfind(path, 0) == 0 ? error : error.with_text(fmt::format("{}: {}", path, text));
  }
}

}  // namespace

bool is_model_file(const std::string& name) {
  constexpr std::string_view kEnding = ".onnx";
  if (name.size() <= kEnding.size()) return false;
  return std::equal(
      kEnding.begin(), kEnding.end(), name.end() - kEnding.size(),
      [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

Imported import_model(const std::string& path, const InputShapes& shapes) {
  return imported(path, shapes, false);
}

std::vector<OwnBits> own_bits_of(const std::string& path, const InputShapes& shapes) {
  return imported(path, shapes, true).bits;
}

}  // namespace bitloom::onnx
