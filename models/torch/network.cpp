#include "models/torch/network.h"

#include <algorithm>
#include <cmath>

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>

#include "base/error.h"
#include "models/onnx/call.h"
#include "models/weights/widths.h"

namespace bitloom::nn {

using graph::NodeId;

torch::Tensor to_torch(weights::Tensor tensor) {
  const auto kept = std::make_shared<weights::Tensor>(std::move(tensor));
  return torch::from_blob(kept->values.data(), kept->shape, [kept](void*) {});
}

weights::Tensor from_torch(const torch::Tensor& tensor) {
  const Tensor flat = tensor.detach().to(torch::kFloat32).contiguous();
  return {flat.sizes().vec(), {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()}};
}

Network::Network(graph::Graph graph, weights::Parameters parameters, std::string file)
    : graph_(std::move(graph)), file_(std::move(file)) {
  for (const weights::ParameterShape& each : weights::parameters_of(graph_)) {
    tensors_[each.name] = to_torch(std::move(parameters.at(each.name)))
                              .set_requires_grad(graph::is_learned(each.role));
  }
  const std::size_t nodes = graph_.nodes().size();
  last_reader_.resize(nodes);
  layer_of_node_.resize(nodes);
  for (NodeId id = 0; id < nodes; ++id) {
    const graph::Node& node = graph_.node(id);
    for (const NodeId input : node.inputs) last_reader_[input] = id;
    computations_.push_back(computation_of(node.op.kind()));
    if (computations_.back() == nullptr && !node.op.is_input())
      throw UserError(fmt::format("network {}: {} '{}': LibTorch has no rule for it", graph_.name(),
                                  node.op.name(), node.name));
    owners_.push_back(node.name);
    if (!node.op.is_layer()) continue;
    const graph::LayerShape layer = node.op.layer(graph_.input_shapes(node), node.shape);
    if (!layer.weights_of.empty()) owners_.back() = layer.weights_of;
    layer_of_node_[id] = layers_++;
    node_of_layer_.push_back(id);
  }
  for (const graph::Output& output : graph_.outputs()) last_reader_[output.node] = nodes;
}

std::shared_ptr<Network> Network::with_own_norms() const {
  auto other = std::make_shared<Network>(*this);
  for (const weights::ParameterShape& each : weights::parameters_of(graph_)) {
    if (!weights::is_of_width(each.role)) continue;
    Tensor& own = other->tensors_.at(each.name);
    own = own.detach().clone().set_requires_grad(own.requires_grad());
  }
  return other;
}

/// Takes a pass on. An output is released once its last reader has run.
class Network::Run : public NodeRun {
 public:
  Run(Network& network, Mode mode, LayerHooks& hooks, PartialPass& pass)
      : network_(network), mode_(mode), hooks_(hooks), at_(pass.next_), outputs_(pass.outputs_) {}

  void until(NodeId end) {
    const auto& nodes = network_.graph_.nodes();
    for (; at_ < end; ++at_) {
      const graph::Operator& op = nodes[at_].op;
      if (!op.is_input()) outputs_[at_] = output_of(op);
      for (const NodeId input : nodes[at_].inputs)
        if (network_.last_reader_[input] == at_) outputs_[input] = Tensor();
    }
  }
  void to_the_end() { until(network_.graph_.nodes().size()); }

  std::size_t inputs() const override { return network_.graph_.node(at_).inputs.size(); }
  const Tensor& input(std::size_t which) const override {
    return outputs_[network_.graph_.node(at_).inputs[which]];
  }
  const Tensor& parameter(const char* suffix) const override {
    return network_.tensors_.at(network_.owners_[at_] + suffix);
  }
  Tensor layer(bool has_bias, const LayerProduct& product) override {
    const std::size_t layer = network_.layer_of_node_[at_];
    const Tensor& weight = network_.layer_weight(layer);
    // Rows of a linear layer are to its hooks what images are: [rows][features].
    const bool has_rows = weight.dim() == 2 && input(0).dim() > 2;
    const LayerOperands operands{hooks_.input(layer, has_rows ? input(0).flatten(0, -2) : input(0)),
                                 hooks_.weight(layer, weight),
                                 hooks_.bias(layer, has_bias ? parameter(".bias") : Tensor())};
    return hooks_.product(layer, operands, product);
  }
  ProductOperands product() override {
    const std::size_t layer = network_.layer_of_node_[at_];
    return {hooks_.input(layer, input(0)), hooks_.second_input(layer, input(1))};
  }
  Tensor inner_operand(std::size_t before, bool is_second, const Tensor& x) override {
    const std::size_t layer = network_.layer_of_node_[at_] - before;
    return is_second ? hooks_.second_input(layer, x) : hooks_.input(layer, x);
  }
  Mode mode() const override { return network_.norms_are_fixed_ ? Mode::kInference : mode_; }

 private:
  Tensor output_of(const graph::Operator& op) try {
    return network_.computations_[at_](op, *this);
  } catch (const UserError& refusal) {
    throw refusal.in_file(network_.file_);
  }

  Network& network_;
  Mode mode_;
  LayerHooks& hooks_;
  NodeId& at_;
  std::vector<Tensor>& outputs_;
};

namespace {

/// Classes may be the channels of an image of one pixel.
Tensor classes_of(const Tensor& answer) {
  const bool is_pixel = answer.dim() > 2 && answer[0].numel() == answer.size(1);
  return is_pixel ? answer.flatten(1) : answer;
}

}  // namespace

PartialPass Network::begin_with(const std::vector<Tensor>& inputs) const {
  ensure(inputs.size() == graph_.inputs().size(), "a network is given a tensor for each input");
  PartialPass pass;
  pass.outputs_.resize(graph_.nodes().size());
  for (std::size_t i = 0; i < inputs.size(); ++i) pass.outputs_[graph_.inputs()[i]] = inputs[i];
  return pass;
}

Tensor Network::forward(const Tensor& images, Mode mode, LayerHooks& hooks) {
  graph_.only_input();
  graph_.only_output();
  return classes_of(run({images}, mode, hooks).front());
}

std::vector<Tensor> Network::run(const std::vector<Tensor>& inputs, Mode mode, LayerHooks& hooks) {
  PartialPass pass = begin_with(inputs);
  Run(*this, mode, hooks, pass).to_the_end();
  std::vector<Tensor> results;
  for (const graph::Output& output : graph_.outputs())
    results.push_back(pass.outputs_[output.node]);
  return results;
}

PartialPass Network::begin(const Tensor& images) const {
  graph_.only_input();
  graph_.only_output();
  return begin_with({images});
}

void Network::advance(PartialPass& pass, std::size_t layer) {
  ensure(pass.next_ <= node_of_layer_.at(layer), "a pass goes forward");
  LayerHooks none;
  Run(*this, Mode::kInference, none, pass).until(node_of_layer_[layer]);
}

Tensor Network::finish(PartialPass pass, LayerHooks& hooks) {
  Run(*this, Mode::kInference, hooks, pass).to_the_end();
  return classes_of(pass.outputs_[graph_.outputs().front().node]);
}

Tensor Network::run_between(NodeId from, NodeId to, const Tensor& x, Mode mode, LayerHooks& hooks) {
  PartialPass pass;
  pass.outputs_.resize(graph_.nodes().size());
  pass.outputs_[from] = x;
  pass.next_ = from + 1;
  Run(*this, mode, hooks, pass).until(to + 1);
  return pass.outputs_[to];
}

Tensor Network::forward(const Tensor& images, Mode mode) {
  LayerHooks none;
  return forward(images, mode, none);
}

bool Network::has_folded_norms() const {
  bool has_norms = false;
  for (const weights::ParameterShape& each : weights::parameters_of(graph_)) {
    if (each.role != weights::ParameterRole::kMean) continue;
    has_norms = true;
    if ((tensors_.at(each.name) != 0).any().item<bool>()) return false;
  }
  return has_norms;
}

UserError Network::without(const char* what, std::size_t layer, const std::string& why) const {
  const graph::Node& node = graph_.node(layer_node(layer));
  return UserError(fmt::format("network {}: {} '{}': has no {} that could be quantized: {}",
                               graph_.name(), node.op.name(), node.name, what, why));
}

bool Network::has_weights(std::size_t layer) const {
  return tensors_.count(owners_[layer_node(layer)] + ".weight") > 0;
}

const Tensor& Network::layer_weight(std::size_t layer) const {
  const auto found = tensors_.find(owners_[layer_node(layer)] + ".weight");
  if (found != tensors_.end()) return found->second;
  const auto* call = graph_.node(layer_node(layer)).op.get_if<bitloom::onnx::ProductCall>();
  throw without("weights", layer, call ? call->why_no_weights() : "it multiplies two activations");
}

void Network::require_quantizable() const {
  for (std::size_t layer = 0; layer < layers_; ++layer) {
    const auto* call = graph_.node(layer_node(layer)).op.get_if<bitloom::onnx::ProductCall>();
    if (!call) continue;
    const bool has_weights = call->product.has_weights();
    const std::string why = has_weights ? call->why_no_weights() : call->why_no_operands();
    if (!why.empty()) throw without(has_weights ? "weights" : "operands", layer, why);
  }
}

std::vector<std::pair<std::string, Tensor>> Network::learned() const {
  std::vector<std::pair<std::string, Tensor>> result;
  for (const weights::ParameterShape& each : weights::parameters_of(graph_))
    if (tensors_.at(each.name).requires_grad())
      result.emplace_back(each.name, tensors_.at(each.name));
  return result;
}

weights::Parameters Network::parameters() const {
  weights::Parameters result;
  for (const auto& [name, tensor] : tensors_) result[name] = from_torch(tensor);
  return result;
}

void Network::load(const weights::Parameters& parameters) {
  const torch::NoGradGuard no_gradient;
  for (auto& [name, tensor] : tensors_) tensor.copy_(to_torch(parameters.at(name)));
}

weights::Parameters initial_parameters(const graph::Graph& graph, std::uint64_t seed) {
  using weights::ParameterRole;
  torch::Generator random = torch::make_generator<torch::CPUGeneratorImpl>(seed);
  weights::Parameters parameters;
  for (const weights::ParameterShape& each : weights::parameters_of(graph)) {
    Tensor values = torch::zeros(each.shape);
    if (each.role == ParameterRole::kWeight) {
      const auto fan_in = static_cast<double>(values.numel() / each.shape[0]);
      const bool is_linear = each.shape.size() == 2;
      values.normal_(0, std::sqrt((is_linear ? 1 : 2) / fan_in), random);
    } else if (each.role == ParameterRole::kScale || each.role == ParameterRole::kVariance) {
      values.fill_(1);
    }
    parameters[each.name] = from_torch(values);
  }
  return parameters;
}

}  // namespace bitloom::nn
