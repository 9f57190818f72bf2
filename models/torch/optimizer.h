#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/torch/torch.h"
#include "models/torch/training_options.h"

namespace bitloom::nn {

/// Gradient descent, with g the gradient and the weight decay of a tensor:
///   SGD       v <- momentum v + g, p <- p - rate v
///   Nesterov  v <- momentum v + g, p <- p - rate (g + momentum v)
///   Adam      Kingma and Ba 2015, arXiv:1412.6980, algorithm 1
/// Weights are tensors of two dimensions and more, norms and biases those of fewer, levels those
/// that a quantizer learns.
class Optimizer {
 public:
  Optimizer(std::vector<std::pair<std::string, torch::Tensor>> parameters,
            const OptimizerOptions& options);

  void clear_gradients();
  /// Step `step` of a training, from 0.
  void step(double rate, std::int64_t step);
  /// What it keeps beside the parameters: `velocity.` and a parameter's name, of Adam `square.` as
  /// well.
  std::map<std::string, torch::Tensor>& state() { return state_; }

 private:
  double decay_of(const std::string& name, const torch::Tensor& tensor) const;
  void descend(const std::string& name, torch::Tensor& tensor, double rate);
  void adapt(const std::string& name, torch::Tensor& tensor, double rate, std::int64_t step);

  std::vector<std::pair<std::string, torch::Tensor>> parameters_;
  std::map<std::string, torch::Tensor> state_;
  OptimizerOptions options_;
};

/// The rate at `step` of `steps`: rate / 2 (1 + cos(pi step / steps)) (Loshchilov and Hutter 2017,
/// arXiv:1608.03983, eq. 5, one period).
double cosine_rate(double rate, std::int64_t step, std::int64_t steps);

}  // namespace bitloom::nn
