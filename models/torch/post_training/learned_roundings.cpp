// AdaRound: a weight w on levels of scale s is s clip(floor(w / s) + h(V), n, p), with a number V
// for each weight and h(V) = clip(1.2 sigmoid(V) - 0.1, 0, 1). Adam minimises
//
//   |y - y_q|^2 + kLambda * sum of (1 - |2 h(V) - 1|^beta)
//
// where y and y_q are a block's output in single precision and quantized: |.|^2 summed over
// channels, its mean over images and pixels. beta falls from 20 to 2, so that every h ends near 0
// or 1. Activations have a learned step (LSQ: Esser et al. 2020, arXiv:1902.08153).
#include "models/torch/post_training/learned_roundings.h"

#include <algorithm>
#include <memory>

#include <ATen/CPUGeneratorImpl.h>
#include <torch/optim/adam.h>

#include "models/torch/post_training/layer_fit.h"
#include "models/torch/post_training/output_matching.h"
#include "models/torch/quantized_network.h"

namespace bitloom::nn {
namespace {

constexpr std::int64_t kBatch = 32;  // images
constexpr std::int64_t kSteps = 300;
constexpr double kWarmUp = 0.2;  // of the steps, before roundings are pushed to 0 or 1
constexpr double kLambda = 0.01;
constexpr double kFirstBeta = 20, kLastBeta = 2;
constexpr double kRoundingRate = 3e-2;
constexpr double kStepRate = 1e-3, kBiasRate = 1e-3;  // of their sizes
constexpr double kRealPart = 0.5;                     // of activations, while learning

Tensor soft_rounding(const Tensor& v) { return (torch::sigmoid(v) * 1.2 - 0.1).clamp(0, 1); }

/// The V of h(V) = `part`.
Tensor rounding_of(const Tensor& part) {
  return -torch::log(1.2 / (part.clamp(0.001, 0.999) + 0.1) - 1);
}

/// A layer while it is learned.
struct SoftLayer {
  LeastErrorWeights* weights = nullptr;
  Tensor floors, v, scale;
  CalibratedQuantizer* activations = nullptr;
  LinearLevels activation_levels{};
  Tensor range;  // of the activations
  Tensor bias;   // what corrects it; undefined: nothing can
};

/// The block's layers on levels that have gradients.
class SoftLevels : public LayerHooks {
 public:
  SoftLevels(QuantizedNetwork& network, const Block& block,
             const std::map<std::size_t, Tensor>& aims, torch::Generator random)
      : network_(network), first_(block.first_layer), random_(std::move(random)) {
    for (std::size_t i = first_; i < first_ + block.layers; ++i) {
      SoftLayer& layer = layers_.emplace_back();
      if (const auto aim = aims.find(i); aim != aims.end()) {
        layer.weights = dynamic_cast<LeastErrorWeights*>(&network.weight_quantizer(i));
        layer.scale = layer.weights->scale();
        const Tensor in_steps = aim->second / layer.scale;
        layer.floors = in_steps.floor();
        layer.v = rounding_of(in_steps - layer.floors).requires_grad_(true);
      }
      layer.activations = dynamic_cast<CalibratedQuantizer*>(network.activation_quantizer(i));
      if (layer.activations) {
        layer.activation_levels = layer.activations->levels();
        layer.range = layer.activations->state().front().second.clone().requires_grad_(true);
      }
      if (const Tensor& bias = network.bias_correction(i); bias.defined())
        layer.bias = bias.clone().requires_grad_(true);
    }
  }

  Tensor input(std::size_t at, const Tensor& x) override {
    const SoftLayer& layer = layer_at(at);
    Quantizer* fixed = network_.activation_quantizer(at);
    if (!layer.activations) return fixed ? fixed->quantize(x) : x;
    const LinearLevels& levels = layer.activation_levels;
    const Tensor step = layer.range / levels.steps;
    const Tensor in_steps = (x / step).clamp(levels.lowest, levels.highest);
    const Tensor quantized = (in_steps + (in_steps.round() - in_steps).detach()) * step;
    return mixed(quantized, x);
  }
  Tensor weight(std::size_t at, const Tensor& w) override {
    const SoftLayer& layer = layer_at(at);
    if (!layer.weights) return network_.weight_quantizer(at).quantize(w.detach());
    const LinearLevels& levels = layer.weights->levels();
    return (layer.floors + soft_rounding(layer.v)).clamp(levels.lowest, levels.highest) *
           layer.scale;
  }
  Tensor bias(std::size_t at, const Tensor& b) override {
    const Tensor& shift = layer_at(at).bias;
    if (!shift.defined()) return b;
    return b.defined() ? b + shift : shift;
  }

  /// Elements of `quantized`, and of `real` in their place kRealPart of the time (QDrop).
  Tensor mixed(const Tensor& quantized, const Tensor& real) {
    const Tensor draws = torch::empty_like(real).uniform_(0, 1, random_);
    return torch::where(draws < kRealPart, real, quantized);
  }

  std::vector<Tensor> roundings() const {
    return chosen([](const SoftLayer& layer) { return layer.v; });
  }
  std::vector<Tensor> ranges() const {
    return chosen([](const SoftLayer& layer) { return layer.range; });
  }
  std::vector<Tensor> biases() const {
    return chosen([](const SoftLayer& layer) { return layer.bias; });
  }

  /// How far roundings are from 0 or 1: sum of 1 - |2 h - 1|^beta.
  Tensor undecided(double beta) const {
    Tensor sum = torch::zeros({});
    for (const Tensor& v : roundings())
      sum = sum + (1 - (2 * soft_rounding(v) - 1).abs().pow(beta)).sum();
    return sum;
  }

  /// The quantizers keep what was learned.
  void keep() {
    const torch::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const SoftLayer& layer = layers_[i];
      if (layer.weights) {
        const LinearLevels& levels = layer.weights->levels();
        const Tensor codes = (layer.floors + (layer.v >= 0).to(layer.floors.scalar_type()))
                                 .clamp(levels.lowest, levels.highest);
        layer.weights->fit_to(network_.network().layer_weight(first_ + i), codes, layer.scale);
      }
      if (layer.activations) layer.activations->load("range", layer.range.abs());
      if (layer.bias.defined()) network_.set_bias_correction(first_ + i, layer.bias.detach());
    }
  }

 private:
  const SoftLayer& layer_at(std::size_t at) const { return layers_.at(at - first_); }
  template <class Which>
  std::vector<Tensor> chosen(const Which& which) const {
    std::vector<Tensor> some;
    for (const SoftLayer& layer : layers_)
      if (const Tensor& each = which(layer); each.defined()) some.push_back(each);
    return some;
  }

  QuantizedNetwork& network_;
  std::size_t first_;
  torch::Generator random_;
  std::vector<SoftLayer> layers_;
};

/// Adam, which takes steps of `rate` whatever the scale of the gradients.
class Learner {
 public:
  void add(std::vector<Tensor> tensors, double rate) {
    if (!tensors.empty())
      each_.push_back(std::make_unique<torch::optim::Adam>(std::move(tensors), rate));
  }
  bool has_nothing() const { return each_.empty(); }
  void follow(const Tensor& loss) {
    for (const auto& one : each_) one->zero_grad();
    loss.backward();
    for (const auto& one : each_) one->step();
  }

 private:
  std::vector<std::unique_ptr<torch::optim::Adam>> each_;
};

double beta_at(double part) {
  const double along = std::max(0.0, (part - kWarmUp) / (1 - kWarmUp));
  return kLastBeta + (kFirstBeta - kLastBeta) * (1 - along);
}

}  // namespace

void learn_roundings(QuantizedNetwork& network, const Block& block,
                     const std::map<std::size_t, Tensor>& aims, const BlockCase& images) {
  torch::Generator random = torch::make_generator<torch::CPUGeneratorImpl>(block.from);
  SoftLevels levels(network, block, aims, random);
  Learner learner;
  learner.add(levels.roundings(), kRoundingRate);
  for (const Tensor& range : levels.ranges())
    learner.add({range}, kStepRate * range.item<double>());
  for (const Tensor& bias : levels.biases())
    learner.add({bias}, kBiasRate * std::max(1e-6, bias.detach().abs().mean().item<double>()));
  if (learner.has_nothing()) return;
  const torch::AutoGradMode gradients(true);
  const std::int64_t count = images.real_input.size(0);
  for (std::int64_t step = 0; step < kSteps; ++step) {
    const Tensor some =
        torch::empty({std::min(kBatch, count)}, torch::kLong).random_(0, count, random);
    const Tensor x = levels.mixed(images.quantized_input.index_select(0, some),
                                  images.real_input.index_select(0, some));
    const Tensor y =
        network.network().run_between(block.from, block.to, x, Mode::kInference, levels);
    const Tensor difference = y - images.real_output.index_select(0, some);
    Tensor loss = difference.square().sum(1).mean();
    const double part = static_cast<double>(step) / static_cast<double>(kSteps);
    if (part >= kWarmUp) loss = loss + kLambda * levels.undecided(beta_at(part));
    learner.follow(loss);
  }
  levels.keep();
}

}  // namespace bitloom::nn
