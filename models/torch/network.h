#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "models/graph/graph.h"
#include "models/torch/operators/node_run.h"
#include "models/torch/operators/operators.h"
#include "models/torch/torch.h"
#include "models/weights/parameters.h"

namespace bitloom::nn {

/// What quantizers and measurements do to the operands of the layers that have bits. `layer` counts
/// them in execution order, as graph::layers_of does.
class LayerHooks {
 public:
  virtual ~LayerHooks() = default;
  /// The layer's input, [batch][channels][height][width] or [batch][features].
  virtual torch::Tensor input(std::size_t /*layer*/, const torch::Tensor& x) { return x; }
  /// The second operand of a layer that multiplies two activations, [batch][matrices][rows]
  /// [columns].
  virtual torch::Tensor second_input(std::size_t /*layer*/, const torch::Tensor& x) { return x; }
  /// The layer's weights, [out][in / groups][kernel height][kernel width] or [out][in].
  virtual torch::Tensor weight(std::size_t /*layer*/, const torch::Tensor& w) { return w; }
  /// The layer's bias, [out]; undefined where it has none.
  virtual torch::Tensor bias(std::size_t /*layer*/, const torch::Tensor& b) { return b; }
  /// The layer's result for these operands, as `compute` gives it.
  virtual torch::Tensor product(std::size_t /*layer*/, const LayerOperands& operands,
                                const LayerProduct& compute) {
    return compute(operands);
  }
};

/// A pass over a network that stands before one of its nodes: the outputs that later nodes read. A
/// copy shares their values, which nothing changes.
class PartialPass {
  friend class Network;
  graph::NodeId next_ = 0;
  std::vector<torch::Tensor> outputs_;  // of each node; empty where none is at hand
};

/// How far a batch norm's running means and variances go towards a batch's while training.
inline constexpr double kNormMomentum = 0.1;

/// A graph on LibTorch with its parameters, in single precision.
class Network {
 public:
  /// `parameters` are those of weights::parameters_of(graph). `file`, which complaints name, is
  /// where they come from; empty: from nowhere.
  Network(graph::Graph graph, weights::Parameters parameters, std::string file = {});

  /// A network with the same weights, as they are and will be, and a copy of the batch norms.
  std::shared_ptr<Network> with_own_norms() const;

  /// The outputs, [batch][classes], for images [batch][channels][height][width]. A UserError where
  /// the network has not one input and one output.
  torch::Tensor forward(const torch::Tensor& images, Mode mode, LayerHooks& hooks);
  torch::Tensor forward(const torch::Tensor& images, Mode mode = Mode::kInference);
  /// The outputs of a network with any number of inputs and outputs, each in the order of graph().
  std::vector<torch::Tensor> run(const std::vector<torch::Tensor>& inputs, Mode mode,
                                 LayerHooks& hooks);

  /// forward() in two parts, as networks infer: a pass that has run nothing but is given images,
  PartialPass begin(const torch::Tensor& images) const;
  /// runs on, without hooks, until `layer` is the next layer, which may not lie behind it,
  void advance(PartialPass& pass, std::size_t layer);
  /// and ends with the outputs, `hooks` at the layers that are left.
  torch::Tensor finish(PartialPass pass, LayerHooks& hooks);
  /// The output of node `to` where that of node `from` is `x`: the nodes between run in order, and
  /// may read no other node before `from`.
  torch::Tensor run_between(graph::NodeId from, graph::NodeId to, const torch::Tensor& x, Mode mode,
                            LayerHooks& hooks);

  /// Batch norms that are folded into convolutions are the identity but for what is added: in
  /// training they then stay so, and normalise no batches.
  void fix_norms() { norms_are_fixed_ = true; }
  bool norms_are_fixed() const { return norms_are_fixed_; }
  /// Whether it has batch norms, all with means of 0, as folded ones have.
  bool has_folded_norms() const;

  const graph::Graph& graph() const { return graph_; }
  const std::string& file() const { return file_; }
  std::size_t layers() const { return layers_; }
  /// Whether layer `layer` has weights of which quantizers know, not an activation in their place.
  bool has_weights(std::size_t layer) const;
  /// Those weights; another's where it shares them. A UserError names a layer without.
  const torch::Tensor& layer_weight(std::size_t layer) const;
  /// A UserError names the first layer whose operands no quantizer takes, and says why.
  void require_quantizable() const;
  graph::NodeId layer_node(std::size_t layer) const { return node_of_layer_.at(layer); }
  /// Learned parameters by name, in the order of parameters_of: no running statistics.
  std::vector<std::pair<std::string, torch::Tensor>> learned() const;
  /// All parameters as they are now.
  weights::Parameters parameters() const;
  /// Takes over parameters of the same names and shapes, in place.
  void load(const weights::Parameters& parameters);
  /// Tensor `name`, such as `conv1.weight`.
  const torch::Tensor& tensor(const std::string& name) const { return tensors_.at(name); }

 private:
  class Run;

  UserError without(const char* what, std::size_t layer, const std::string& why) const;
  PartialPass begin_with(const std::vector<torch::Tensor>& inputs) const;

  graph::Graph graph_;
  std::string file_;
  std::map<std::string, torch::Tensor> tensors_;
  std::vector<Computation> computations_;   // of each node; null for inputs
  std::vector<std::string> owners_;         // of each node: whose weights it uses
  std::vector<std::size_t> layer_of_node_;  // position among the layers that have bits
  std::vector<graph::NodeId> node_of_layer_;
  std::vector<graph::NodeId> last_reader_;  // of each node's output
  std::size_t layers_ = 0;
  bool norms_are_fixed_ = false;
};

/// Parameters as networks begin training: weights normal with variance 2 / fan-in (He et al. 2015,
/// arXiv:1502.01852, eq. 10; a linear layer's 1 / fan-in), batch norms the identity, biases 0. A
/// function of the seed.
weights::Parameters initial_parameters(const graph::Graph& graph, std::uint64_t seed);

/// `values` as a tensor, which keeps their memory, and a copy back.
torch::Tensor to_torch(weights::Tensor tensor);
weights::Tensor from_torch(const torch::Tensor& tensor);

}  // namespace bitloom::nn
