#pragma once

#include <functional>

#include "models/torch/torch.h"

namespace bitloom::nn {

/// Whether batch norms use their batch's statistics, and learn the running ones, or the running
/// ones.
enum class Mode { kInference, kTraining };

/// A layer's operands as its hooks give them.
struct LayerOperands {
  Tensor input;
  Tensor weight;
  Tensor bias;  // undefined: none
};

/// What a layer makes of its operands.
using LayerProduct = std::function<Tensor(const LayerOperands& operands)>;

/// The operands of a product of two activations, likewise.
struct ProductOperands {
  Tensor first;
  Tensor second;
};

/// A node while the network runs: what its operator computes with. Tensors are [batch][channels]
/// [height][width] or [batch][features].
class NodeRun {
 public:
  virtual ~NodeRun() = default;
  virtual std::size_t inputs() const = 0;
  virtual const Tensor& input(std::size_t which = 0) const = 0;
  /// The parameter with that suffix, such as `.weight`.
  virtual const Tensor& parameter(const char* suffix) const = 0;
  /// Of a node that is a layer with weights: what its hooks make of `product`.
  virtual Tensor layer(bool has_bias, const LayerProduct& product) = 0;
  /// Of a node that multiplies its two inputs.
  virtual ProductOperands product() = 0;
  /// Of a node with products within it: an operand of the layer that lies that many before its own.
  virtual Tensor inner_operand(std::size_t before, bool is_second, const Tensor& x) = 0;
  /// Of batch norms: whether they normalise batches.
  virtual Mode mode() const = 0;
};

}  // namespace bitloom::nn
