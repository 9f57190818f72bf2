#include "search/measure/loss_hessian.h"

#include <torch/csrc/autograd/autograd.h>

namespace bitloom::search {
namespace {

using torch::Tensor;

/// `x` as a tensor of its own, of which a loss has derivatives though nothing before it is learned,
/// as behind an integer input.
Tensor derivable(const Tensor& x) {
  return (x.requires_grad() ? x : x.detach().set_requires_grad(true)).view_as(x);
}

/// Keeps each layer's operands as tensors of their own, which nothing else reads.
class Recorder : public nn::LayerHooks {
 public:
  explicit Recorder(std::size_t layers) : weights(layers), inputs(layers) {}
  Tensor input(std::size_t layer, const Tensor& x) override { return inputs[layer] = derivable(x); }
  Tensor second_input(std::size_t layer, const Tensor& x) override {
    return weights[layer] = derivable(x);
  }
  Tensor weight(std::size_t layer, const Tensor& w) override {
    return weights[layer] = derivable(w);
  }

  std::vector<Tensor> weights, inputs;
};

std::vector<Tensor> defined(std::vector<Tensor> found, const std::vector<Tensor>& like) {
  for (std::size_t i = 0; i < found.size(); ++i)
    if (!found[i].defined()) found[i] = torch::zeros_like(like[i]);
  return found;
}

}  // namespace

LossGradients::LossGradients(nn::Network& network, const Tensor& images, const Tensor& labels,
                             bool differentiable) {
  Recorder recorder(network.layers());
  const Tensor outputs = network.forward(images.detach(), nn::Mode::kInference, recorder);
  const Tensor loss = torch::cross_entropy_loss(outputs, labels);
  for (std::size_t layer = 0; layer < network.layers(); ++layer)
    is_of_images_.push_back(!network.has_weights(layer));
  is_of_images_.resize(2 * network.layers(), true);
  tensors_ = std::move(recorder.weights);
  tensors_.insert(tensors_.end(), recorder.inputs.begin(), recorder.inputs.end());
  gradients_ = defined(
      torch::autograd::grad({loss}, tensors_, {}, differentiable, differentiable, true), tensors_);
}

std::vector<Tensor> LossHessian::product(std::size_t first, const std::vector<Tensor>& v) const {
  const std::vector<Tensor> tensors(
      tensors_.begin() + static_cast<std::ptrdiff_t>(first),
      tensors_.begin() + static_cast<std::ptrdiff_t>(first + v.size()));
  std::vector<Tensor> gradients, directions;  // a gradient that is constant has no derivative
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (!gradients_[first + i].requires_grad()) continue;
    gradients.push_back(gradients_[first + i]);
    directions.push_back(v[i]);
  }
  return defined(torch::autograd::grad(gradients, tensors, directions, true, false, true), tensors);
}

Tensor LossHessian::block_product(std::size_t i, const Tensor& v) const {
  if (!gradients_[i].requires_grad()) return torch::zeros_like(tensors_[i]);
  return defined(torch::autograd::grad({gradients_[i]}, {tensors_[i]}, {v}, true, false, true),
                 {tensors_[i]})
      .front();
}

}  // namespace bitloom::search
