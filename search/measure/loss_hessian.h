#pragma once

#include <functional>
#include <vector>

#include "models/torch/network.h"

namespace bitloom::search {

/// First derivatives of a network's mean cross-entropy on a batch, batch norms as they infer, with
/// respect to what bits are given to: every layer's weights, or its second input where it
/// multiplies two activations, then every layer's input, 2 * layers() tensors in all. What else
/// reads an activation (a shortcut) does not count.
class LossGradients {
 public:
  /// `images` [batch][channels][height][width], `labels` [batch].
  LossGradients(nn::Network& network, const torch::Tensor& images, const torch::Tensor& labels,
                bool differentiable = false);

  std::size_t layers() const { return tensors_.size() / 2; }
  const torch::Tensor& tensor(std::size_t i) const { return tensors_[i]; }
  /// dL / d(tensor i).
  const torch::Tensor& gradient(std::size_t i) const { return gradients_[i]; }
  /// Whether tensor i is each image's own, with the batch in front: no weights.
  bool is_of_images(std::size_t i) const { return is_of_images_[i]; }

 protected:
  std::vector<torch::Tensor> tensors_, gradients_;
  std::vector<bool> is_of_images_;
};

/// Second derivatives of the same. Keeps the graph of the first ones: about three times the memory
/// of a training step.
class LossHessian : public LossGradients {
 public:
  LossHessian(nn::Network& network, const torch::Tensor& images, const torch::Tensor& labels)
      : LossGradients(network, images, labels, true) {}

  /// H v for the weights of all layers at once (`first` 0) or for all inputs (`first` layers()), by
  /// one backward pass (Pearlmutter 1994): result i is the sum over those tensors j of (d2L /
  /// d(tensor i) d(tensor j)) v_j. An input is a function of what lies before it, so that for
  /// inputs only the blocks i = j mean anything.
  std::vector<torch::Tensor> product(std::size_t first, const std::vector<torch::Tensor>& v) const;
  /// The block (i, i) times v.
  torch::Tensor block_product(std::size_t i, const torch::Tensor& v) const;
};

/// The Hessian of a batch's loss; the reference holds until the next call.
using HessianOfBatch = std::function<const LossHessian&(std::size_t batch)>;

}  // namespace bitloom::search
