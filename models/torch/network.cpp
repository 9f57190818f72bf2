#include "models/torch/network.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "models/torch/operations.h"

namespace bitloom::nn {

using graph::NodeId;

torch::Tensor to_torch(const weights::Tensor& tensor) {
  return torch::tensor(tensor.values).reshape(tensor.shape);
}

weights::Tensor from_torch(const torch::Tensor& tensor) {
  const Tensor flat = tensor.detach().to(torch::kFloat32).contiguous();
  return {flat.sizes().vec(), {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()}};
}

Network::Network(graph::Graph graph, const weights::Parameters& parameters)
    : graph_(std::move(graph)) {
  for (const weights::ParameterShape& each : weights::parameters_of(graph_)) {
    const bool learned = each.role != weights::ParameterRole::kMean &&
                         each.role != weights::ParameterRole::kVariance;
    tensors_[each.name] = to_torch(parameters.at(each.name)).set_requires_grad(learned);
  }
  const std::size_t nodes = graph_.nodes().size();
  last_reader_.resize(nodes);
  layer_of_node_.resize(nodes);
  for (NodeId id = 0; id < nodes; ++id) {
    const graph::Node& node = graph_.node(id);
    for (const NodeId input : node.inputs) last_reader_[input] = id;
    const auto* convolution = std::get_if<graph::Convolution>(&node.op);
    owners_.push_back(convolution && !convolution->weights_of.empty() ? convolution->weights_of
                                                                      : node.name);
    if (!convolution && !std::holds_alternative<graph::Linear>(node.op)) continue;
    layer_of_node_[id] = layers_++;
    node_of_layer_.push_back(id);
  }
}

/// One pass over the graph. An output is released once its last reader has run.
class Network::Run {
 public:
  Run(Network& network, Mode mode, LayerHooks& hooks)
      : network_(network), mode_(mode), hooks_(hooks), outputs_(network.graph_.nodes().size()) {}

  Tensor operator()(const Tensor& images) {
    const auto& nodes = network_.graph_.nodes();
    for (at_ = 0; at_ < nodes.size(); ++at_) {
      outputs_[at_] = std::holds_alternative<graph::Input>(nodes[at_].op)
                          ? images
                          : std::visit(*this, nodes[at_].op);
      for (const NodeId input : nodes[at_].inputs)
        if (network_.last_reader_[input] == at_) outputs_[input] = Tensor();
    }
    return outputs_.back();
  }

  Tensor operator()(const graph::Input&) { throw InternalError("an input is computed by nothing"); }
  Tensor operator()(const graph::Convolution& op) {
    const std::size_t layer = network_.layer_of_node_[at_];
    const Tensor x = hooks_.input(layer, input());
    const Tensor weight = hooks_.weight(layer, network_.layer_weight(layer));
    return convolution(x, weight, hooks_.bias(layer, op.bias ? parameter(".bias") : Tensor()), op);
  }
  Tensor operator()(const graph::Linear& op) {
    const std::size_t layer = network_.layer_of_node_[at_];
    const Tensor x = hooks_.input(layer, input());
    const Tensor weight = hooks_.weight(layer, network_.layer_weight(layer));
    return torch::nn::functional::linear(
        x, weight, hooks_.bias(layer, op.bias ? parameter(".bias") : Tensor()));
  }
  Tensor operator()(const graph::BatchNorm& op) {
    constexpr double kMomentum = 0.1;
    return torch::batch_norm(input(), parameter(".weight"), parameter(".bias"),
                             parameter(".running_mean"), parameter(".running_var"),
                             mode_ == Mode::kTraining, kMomentum, op.epsilon, false);
  }
  Tensor operator()(const graph::Activation& op) {
    return op.kind == graph::ActivationKind::kRelu ? torch::relu(input())
                                                   : torch::hardtanh(input(), 0, 6);
  }
  Tensor operator()(const graph::Pool& op) { return pool(input(), op); }
  Tensor operator()(const graph::GlobalAveragePool&) { return input().mean({2, 3}, true); }
  Tensor operator()(const graph::Upsample& op) { return upsample(input(), op); }
  Tensor operator()(const graph::Add&) { return input(0) + input(1); }
  Tensor operator()(const graph::Concat&) {
    std::vector<Tensor> parts;
    for (std::size_t i = 0; i < network_.graph_.node(at_).inputs.size(); ++i)
      parts.push_back(input(i));
    return torch::cat(parts, 1);
  }
  Tensor operator()(const graph::Flatten&) { return input().flatten(1); }
  Tensor operator()(const graph::PaddedSubsample& op) { return padded_subsample(input(), op); }

 private:
  const Tensor& input(std::size_t which = 0) const {
    return outputs_[network_.graph_.node(at_).inputs[which]];
  }
  const Tensor& parameter(const char* name) const {
    return network_.tensors_.at(network_.owners_[at_] + name);
  }

  Network& network_;
  Mode mode_;
  LayerHooks& hooks_;
  std::vector<Tensor> outputs_;
  NodeId at_ = 0;
};

Tensor Network::forward(const Tensor& images, Mode mode, LayerHooks& hooks) {
  return Run(*this, mode, hooks)(images);
}

Tensor Network::forward(const Tensor& images, Mode mode) {
  LayerHooks none;
  return forward(images, mode, none);
}

const Tensor& Network::layer_weight(std::size_t layer) const {
  return tensors_.at(owners_[node_of_layer_.at(layer)] + ".weight");
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
