#include "models/torch/own_codes_network.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/integer/codes.h"

namespace bitloom::nn {
namespace {

/// Channels of a layer's result against its other dimensions.
Tensor along_channels(const Tensor& channels, const Tensor& result) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(result.dim()), 1);
  shape[1] = channels.numel();
  return channels.reshape(shape);
}

/// Where all sums of the layer's codes are whole numbers.
torch::ScalarType exact_type(const integer::QuantizedLayer& layer, std::int64_t reduction) {
  constexpr double kFloatIntegers = 1 << 24;
  const double most = static_cast<double>(layer.weight_type.magnitude()) *
                      static_cast<double>(layer.activation_type.magnitude()) *
                      static_cast<double>(reduction);
  return most < kFloatIntegers ? torch::kFloat32 : torch::kFloat64;
}

Tensor codes_of(const Tensor& x, const integer::QuantizedLayer& layer) {
  constexpr double kNearly = 1e-3;             // of a step
  constexpr double kSingle = 1.0 / (1 << 23);  // what rounding to single precision takes
  const Tensor in_steps = x.to(torch::kFloat64) / layer.activation_scaling.scales[0];
  const Tensor codes = at::round(in_steps);
  const integer::CodeType& type = layer.activation_type;
  const bool are_codes =
      (codes >= type.lowest()).all().item<bool>() && (codes <= type.highest()).all().item<bool>() &&
      ((in_steps - codes).abs() < kNearly + codes.abs() * kSingle).all().item<bool>();
  if (!are_codes)
    throw unsupported(
        fmt::format("layer '{}': reads values that are no codes of its quantizer", layer.name));
  return codes;
}

}  // namespace

/// Replaces the products of layers that have codes.
class OwnCodesNetwork::Hooks : public LayerHooks {
 public:
  Hooks(const OwnCodesNetwork& network, const Observer& observer)
      : network_(network), observer_(observer) {}

  Tensor product(std::size_t layer, const LayerOperands& operands,
                 const LayerProduct& compute) override {
    const OwnLayer& own = network_.layers_[layer];
    if (!own.why_not.empty()) return compute(operands);
    const Constants& constants = network_.constants_[layer];
    const Tensor codes = codes_of(operands.input, own.operands);
    if (observer_) observer_(layer, codes);
    const Tensor sums =
        network_.product_
            ? network_.product_(layer, codes)
            : compute({codes.to(constants.weights.scalar_type()), constants.weights, Tensor()})
                  .to(torch::kFloat64);
    Tensor result = sums * along_channels(constants.scales, sums);
    if (operands.bias.defined())
      result = result + along_channels(operands.bias.to(torch::kFloat64), result);
    return result.to(torch::kFloat32);
  }

 private:
  const OwnCodesNetwork& network_;
  const Observer& observer_;
};

OwnCodesNetwork::OwnCodesNetwork(std::shared_ptr<Network> network, std::vector<OwnLayer> layers,
                                 Product product)
    : network_(std::move(network)), layers_(std::move(layers)), product_(std::move(product)) {
  ensure(layers_.size() == network_->layers(), "every layer has codes, or a reason why not");
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    constants_.emplace_back();
    if (!layers_[i].why_not.empty()) continue;
    const integer::QuantizedLayer& operands = layers_[i].operands;
    const Tensor& shape = network_->layer_weight(i);
    constants_.back() = {torch::tensor(operands.weights, torch::kInt32)
                             .reshape(shape.sizes())
                             .to(exact_type(operands, shape.numel() / shape.size(0))),
                         torch::tensor(operands.weight_scaling.scales, torch::kFloat64) *
                             operands.activation_scaling.scales[0]};
  }
}

Tensor OwnCodesNetwork::forward(const Tensor& images, const Observer& observer) const {
  const torch::NoGradGuard no_gradient;
  Hooks hooks(*this, observer);
  return network_->forward(images, Mode::kInference, hooks);
}

std::vector<Tensor> OwnCodesNetwork::run(const std::vector<Tensor>& inputs,
                                         const Observer& observer) const {
  const torch::NoGradGuard no_gradient;
  Hooks hooks(*this, observer);
  return network_->run(inputs, Mode::kInference, hooks);
}

}  // namespace bitloom::nn
