// AdaRound: a weight w on levels of scale s is s clip(floor(w / s) + h(V), n, p), with a number V
// for each weight and h(V) = clip(1.2 sigmoid(V) - 0.1, 0, 1). Adam minimises
//
//   |y - y_q|^2 / |y|^2 + kLambda * mean of (1 - |2 h(V) - 1|^beta)
//
// where y and y_q are a block's output in single precision and quantized. beta falls from 20 to 2,
// so that every h ends near 0 or 1. Activations have a learned step (LSQ: Esser et al. 2020,
// arXiv:1902.08153). A block whose error |y - y_q|^2 did not become less keeps the levels that it
// had.
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
constexpr double kLambda = 20;
constexpr double kFirstBeta = 20, kLastBeta = 2;
constexpr double kRoundingRate = 3e-2;
constexpr double kStepRate = 1e-3;  // of a step
constexpr double kRealPart = 0.5;   // of activations, while learning

Tensor soft_rounding(const Tensor& v) { return (torch::sigmoid(v) * 1.2 - 0.1).clamp(0, 1); }

/// The V of h(V) = `part`.
Tensor rounding_of(const Tensor& part) {
  return -torch::log(1.2 / (part.clamp(0.001, 0.999) + 0.1) - 1);
}

/// A layer while it is learned.
struct SoftLayer {
  FittableWeights* weights = nullptr;
  FittedLevels before;
  Tensor floors, v;
  CalibratedQuantizer* activations = nullptr;
  LinearLevels activation_levels{};
  Tensor range_before, range;  // of the activations
};

/// The block's layers on levels that have gradients.
class SoftLevels : public LayerHooks {
 public:
  SoftLevels(QuantizedNetwork& network, const Block& block,
             const std::map<std::size_t, FittedLevels>& fitted, torch::Generator random)
      : network_(network), first_(block.first_layer), random_(std::move(random)) {
    for (std::size_t i = first_; i < first_ + block.layers; ++i) {
      SoftLayer& layer = layers_.emplace_back();
      if (const auto found = fitted.find(i); found != fitted.end()) {
        layer.weights = dynamic_cast<FittableWeights*>(network.weight_quantizer(i));
        layer.before = found->second;
        const Tensor in_steps = layer.before.aim / layer.before.scale;
        layer.floors = in_steps.floor();
        layer.v = rounding_of(in_steps - layer.floors).requires_grad_(true);
      }
      layer.activations = dynamic_cast<CalibratedQuantizer*>(network.activation_quantizer(i));
      if (layer.activations) {
        layer.activation_levels = layer.activations->levels();
        layer.range_before = layer.activations->state().front().second.clone();
        layer.range = layer.range_before.clone().requires_grad_(true);
      }
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
  Tensor second_input(std::size_t at, const Tensor& x) override {
    return mixed(network_.second_quantizer(at)->quantize(x), x);
  }
  Tensor weight(std::size_t at, const Tensor& w) override {
    const SoftLayer& layer = layer_at(at);
    if (!layer.weights) return network_.weight_quantizer(at)->quantize(w.detach());
    const auto [lowest, highest] = layer.weights->bounds();
    return (layer.floors + soft_rounding(layer.v)).clamp(lowest, highest) * layer.before.scale;
  }
  Tensor bias(std::size_t at, const Tensor& b) override {
    const Tensor shift = network_.bias_correction(at);
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

  /// How far roundings are from 0 or 1: mean of 1 - |2 h - 1|^beta.
  Tensor undecided(double beta) const {
    Tensor sum = torch::zeros({});
    std::int64_t count = 0;
    for (const Tensor& v : roundings()) {
      sum = sum + (1 - (2 * soft_rounding(v) - 1).abs().pow(beta)).sum();
      count += v.numel();
    }
    return sum / std::max<std::int64_t>(1, count);
  }

  /// The quantizers take over what was learned.
  void take_over() {
    set(
        [](const SoftLayer& layer) {
          const auto [lowest, highest] = layer.weights->bounds();
          return (layer.floors + (layer.v >= 0).to(layer.floors.scalar_type()))
              .clamp(lowest, highest);
        },
        [](const SoftLayer& layer) { return layer.range.abs(); });
  }
  /// The quantizers have again what they had before.
  void undo() {
    set([](const SoftLayer& layer) { return layer.before.codes; },
        [](const SoftLayer& layer) { return layer.range_before; });
  }

 private:
  template <class Codes, class Range>
  void set(const Codes& codes, const Range& range) {
    const torch::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const SoftLayer& layer = layers_[i];
      if (layer.weights)
        layer.weights->fit_to(network_.network().layer_weight(first_ + i), codes(layer),
                              layer.before.scale);
      if (layer.activations) layer.activations->load("range", range(layer));
    }
  }
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

/// The squared distance of the block's outputs from those in single precision, as quantized.
double error_of(QuantizedNetwork& network, const Block& block, const BlockCase& images) {
  const torch::NoGradGuard no_gradient;
  const Tensor y = network.network().run_between(block.from, block.to, images.quantized_input,
                                                 Mode::kInference, *network.hooks());
  return (y - images.real_output).square().sum(torch::kFloat64).item<double>();
}

}  // namespace

void learn_roundings(QuantizedNetwork& network, const Block& block,
                     const std::map<std::size_t, FittedLevels>& fitted, const BlockCase& images) {
  torch::Generator random = torch::make_generator<torch::CPUGeneratorImpl>(block.from);
  SoftLevels levels(network, block, fitted, random);
  Learner learner;
  learner.add(levels.roundings(), kRoundingRate);
  for (const Tensor& range : levels.ranges())
    learner.add({range}, kStepRate * range.item<double>());
  if (learner.has_nothing()) return;
  const double before = error_of(network, block, images);
  const torch::AutoGradMode gradients(true);
  const std::int64_t count = images.real_input.size(0);
  const double size = std::max(1e-30, images.real_output.square().mean().item<double>());
  for (std::int64_t step = 0; step < kSteps; ++step) {
    const Tensor some =
        torch::empty({std::min(kBatch, count)}, torch::kLong).random_(0, count, random);
    const Tensor x = levels.mixed(images.quantized_input.index_select(0, some),
                                  images.real_input.index_select(0, some));
    const Tensor y =
        network.network().run_between(block.from, block.to, x, Mode::kInference, levels);
    const Tensor difference = y - images.real_output.index_select(0, some);
    Tensor loss = difference.square().mean() / size;
    const double part = static_cast<double>(step) / static_cast<double>(kSteps);
    if (part >= kWarmUp) loss = loss + kLambda * levels.undecided(beta_at(part));
    learner.follow(loss);
  }
  levels.take_over();
  if (!(error_of(network, block, images) < before)) levels.undo();
}

}  // namespace bitloom::nn
