#include "models/torch/optimizer.h"

#include <cmath>
#include <numbers>

namespace bitloom::nn {

Sgd::Sgd(std::vector<std::pair<std::string, torch::Tensor>> parameters, double momentum,
         double weight_decay)
    : parameters_(std::move(parameters)), momentum_(momentum), weight_decay_(weight_decay) {
  for (const auto& [name, tensor] : parameters_)
    velocities_[name] = torch::zeros_like(tensor, tensor.options().requires_grad(false));
}

void Sgd::clear_gradients() {
  for (auto& [name, tensor] : parameters_) tensor.mutable_grad().reset();
}

void Sgd::step(double rate) {
  const torch::NoGradGuard no_gradient;
  for (auto& [name, tensor] : parameters_) {
    if (!tensor.grad().defined()) continue;
    torch::Tensor& velocity = velocities_.at(name);
    velocity.mul_(momentum_).add_(tensor.grad());
    const bool decays = tensor.dim() > 1 && !name.starts_with("quantizer.");
    if (decays && weight_decay_ != 0) velocity.add_(tensor, weight_decay_);
    tensor.add_(velocity, -rate);
  }
}

double cosine_rate(double rate, std::int64_t step, std::int64_t steps) {
  return rate / 2 *
         (1 + std::cos(std::numbers::pi * static_cast<double>(step) / static_cast<double>(steps)));
}

}  // namespace bitloom::nn
