#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/torch/torch.h"

namespace bitloom::nn {

/// Stochastic gradient descent with momentum: v <- momentum v + g, p <- p - rate v, where g has
/// weight_decay p added for tensors of two dimensions and more whose names do not begin with
/// `quantizer.` (weights; not biases, batch norms and quantizers' levels).
class Sgd {
 public:
  Sgd(std::vector<std::pair<std::string, torch::Tensor>> parameters, double momentum,
      double weight_decay);

  void clear_gradients();
  void step(double rate);
  /// The velocities v by parameter name: with the parameters all of the optimizer's state.
  std::map<std::string, torch::Tensor>& velocities() { return velocities_; }

 private:
  std::vector<std::pair<std::string, torch::Tensor>> parameters_;
  std::map<std::string, torch::Tensor> velocities_;
  double momentum_, weight_decay_;
};

/// The rate at `step` of `steps`: rate / 2 (1 + cos(pi step / steps)) (Loshchilov and Hutter 2017,
/// arXiv:1608.03983, eq. 5, one period).
double cosine_rate(double rate, std::int64_t step, std::int64_t steps);

}  // namespace bitloom::nn
