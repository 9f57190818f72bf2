// Activation functions.
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

Outputs relu(const Call& call) { return {at::clamp_min(call[0], 0)}; }

Outputs leaky_relu(const Call& call) {
  return {at::leaky_relu(call[0], call.node.real("alpha", 0.01F))};
}

Outputs parametric_relu(const Call& call) {
  const Tensor& x = call[0];
  const bool is_per_channel = call.node.opset < 7 && call[1].dim() == 1 && x.dim() > 1;
  const Tensor slope = is_per_channel ? along(call[1], 1, x.dim()) : call[1];
  return {at::where(x < 0, slope * x, x)};
}

Outputs elu(const Call& call) { return {at::elu(call[0], call.node.real("alpha", 1))}; }

Outputs celu(const Call& call) {
  const float alpha = call.node.real("alpha", 1);
  const Tensor& x = call[0];
  return {at::clamp_min(x, 0) + at::clamp_max(alpha * at::expm1(x / alpha), 0)};
}

Outputs selu(const Call& call) {
  const float alpha = call.node.real("alpha", 1.67326319217681884765625F);
  const float gamma = call.node.real("gamma", 1.05070102214813232421875F);
  return {gamma * at::elu(call[0], alpha)};
}

Outputs hard_sigmoid(const Call& call) {
  const float alpha = call.node.real("alpha", 0.2F);
  return {at::clamp(alpha * call[0] + call.node.real("beta", 0.5F), 0, 1)};
}

Outputs hard_swish(const Call& call) { return {call[0] * at::clamp(call[0] / 6 + 0.5, 0, 1)}; }

Outputs softplus(const Call& call) {
  return {at::logaddexp(call[0], at::zeros({}, call[0].options()))};
}

Outputs softsign(const Call& call) { return {call[0] / (1 + at::abs(call[0]))}; }

Outputs thresholded_relu(const Call& call) {
  return {at::where(call[0] > call.node.real("alpha", 1), call[0], at::zeros_like(call[0]))};
}

Outputs shrink(const Call& call) {
  const Tensor& x = call[0];
  const double bias = call.node.real("bias", 0);
  const double threshold = call.node.real("lambd", 0.5F);
  const Tensor below = at::where(x < -threshold, x + bias, at::zeros_like(x));
  return {at::where(x > threshold, x - bias, below).to(x.scalar_type())};
}

Outputs swish(const Call& call) {
  return {call[0] * at::sigmoid(call.node.real("alpha", 1) * call[0])};
}

Outputs gelu(const Call& call) {
  return {at::gelu(call[0], call.node.text("approximate", "none"))};
}

/// com.microsoft: x sigmoid(alpha x).
Outputs quick_gelu(const Call& call) {
  return {call[0] * at::sigmoid(call.node.real("alpha", 1.702F) * call[0])};
}

/// com.microsoft: with a bias that may be left out.
Outputs fast_gelu(const Call& call) {
  return {at::gelu(call.has(1) ? call[0] + call[1] : call[0], "tanh")};
}

Outputs bias_gelu(const Call& call) { return {at::gelu(call[0] + call[1], "none")}; }

/// The dimension of a softmax, and its operand: before version 13 all dimensions from the axis on
/// were one.
Tensor over_axis(const Call& call, Tensor (*function)(const Tensor&)) {
  const Tensor& x = call[0];
  if (call.node.opset >= 13) {
    const std::int64_t axis = call.axis("axis", -1, x.dim());
    return function(x.transpose(axis, -1)).transpose(axis, -1);
  }
  const std::int64_t axis = x.dim() == 1 ? call.axis("axis", 0, 1) : call.axis("axis", 1, x.dim());
  return function(x.flatten(axis)).reshape(x.sizes());
}

Tensor softmax(const Tensor& x) { return at::softmax(x, -1); }
Tensor log_softmax(const Tensor& x) { return at::log_softmax(x, -1); }
Tensor hardmax(const Tensor& x) {
  return at::zeros_like(x).scatter(-1, at::argmax(x, -1, true), 1);
}

template <Tensor (*function)(const Tensor&)>
Outputs on_axis(const Call& call) {
  return {over_axis(call, function)};
}

const Operator kActivations[] = {
    {"", "Celu", celu},
    {"", "Elu", elu},
    {"", "Gelu", gelu},
    {"", "HardSigmoid", hard_sigmoid},
    {"", "HardSwish", hard_swish},
    {"", "Hardmax", on_axis<hardmax>},
    {"", "LeakyRelu", leaky_relu},
    {"", "LogSoftmax", on_axis<log_softmax>},
    {"", "Mish", unary<at::mish>},
    {"", "PRelu", parametric_relu},
    {"", "Relu", relu},
    {"", "Selu", selu},
    {"", "Shrink", shrink},
    {"", "Sigmoid", unary<at::sigmoid>},
    {"", "Softmax", on_axis<softmax>},
    {"", "Softplus", softplus},
    {"", "Softsign", softsign},
    {"", "Swish", swish},
    {"", "ThresholdedRelu", thresholded_relu},
    {"com.microsoft", "BiasGelu", bias_gelu},
    {"com.microsoft", "FastGelu", fast_gelu},
    {"com.microsoft", "Gelu", gelu},
    {"com.microsoft", "QuickGelu", quick_gelu},
};

}  // namespace

Operators activation_operators() { return kActivations; }

}  // namespace bitloom::nn::onnx
