#include "models/torch/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

namespace bitloom::nn {
namespace {

constexpr std::string_view kVelocity = "velocity.", kSquare = "square.";
constexpr double kBeta2 = 0.999, kEpsilon = 1e-8;

std::string named(std::string_view kind, const std::string& parameter) {
  return std::string(kind) + parameter;
}

/// `quantizer.conv1.weights.step`, and `widths.1.` before it where a network has several widths.
bool is_of_quantizer(std::string_view name) {
  constexpr std::string_view kWidths = "widths.", kQuantizer = "quantizer.";
  if (name.starts_with(kWidths)) {
    name.remove_prefix(kWidths.size());
    name.remove_prefix(std::min(name.find('.') + 1, name.size()));
  }
  return name.starts_with(kQuantizer);
}

}  // namespace

Optimizer::Optimizer(std::vector<std::pair<std::string, torch::Tensor>> parameters,
                     const OptimizerOptions& options)
    : parameters_(std::move(parameters)), options_(options) {
  for (const auto& [name, tensor] : parameters_) {
    const auto zeros = [&] {
      return torch::zeros_like(tensor, tensor.options().requires_grad(false));
    };
    state_[named(kVelocity, name)] = zeros();
    if (options_.kind == OptimizerKind::kAdam) state_[named(kSquare, name)] = zeros();
  }
}

void Optimizer::clear_gradients() {
  for (auto& [name, tensor] : parameters_) tensor.mutable_grad().reset();
}

double Optimizer::decay_of(const std::string& name, const torch::Tensor& tensor) const {
  const WeightDecay& decay = options_.decay;
  if (is_of_quantizer(name)) return decay.levels.value_or(0);
  return tensor.dim() > 1 ? decay.weights : decay.norms;
}

void Optimizer::step(double rate, std::int64_t step) {
  const torch::NoGradGuard no_gradient;
  for (auto& [name, tensor] : parameters_) {
    if (!tensor.grad().defined()) continue;
    if (options_.kind == OptimizerKind::kAdam)
      adapt(name, tensor, rate, step);
    else
      descend(name, tensor, rate);
  }
}

void Optimizer::descend(const std::string& name, torch::Tensor& tensor, double rate) {
  torch::Tensor& velocity = state_.at(named(kVelocity, name));
  const double decay = decay_of(name, tensor);
  velocity.mul_(options_.momentum).add_(tensor.grad());
  if (decay != 0) velocity.add_(tensor, decay);
  if (options_.kind == OptimizerKind::kNesterov) {
    tensor.add_(tensor.grad() + decay * tensor, -rate).add_(velocity, -rate * options_.momentum);
    return;
  }
  tensor.add_(velocity, -rate);
}

void Optimizer::adapt(const std::string& name, torch::Tensor& tensor, double rate,
                      std::int64_t step) {
  const double beta1 = options_.momentum, t = static_cast<double>(step + 1);
  const torch::Tensor gradient = tensor.grad() + decay_of(name, tensor) * tensor;
  torch::Tensor& mean = state_.at(named(kVelocity, name));
  torch::Tensor& square = state_.at(named(kSquare, name));
  mean.mul_(beta1).add_(gradient, 1 - beta1);
  square.mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
  const torch::Tensor deviation = (square / (1 - std::pow(kBeta2, t))).sqrt_().add_(kEpsilon);
  tensor.addcdiv_(mean, deviation, -rate / (1 - std::pow(beta1, t)));
}

double cosine_rate(double rate, std::int64_t step, std::int64_t steps) {
  return rate / 2 *
         (1 + std::cos(std::numbers::pi * static_cast<double>(step) / static_cast<double>(steps)));
}

}  // namespace bitloom::nn
