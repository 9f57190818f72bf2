#include "pipelines/learn/level_statistics.h"

#include <cmath>
#include <utility>

#include "models/torch/torch.h"

namespace bitloom::pipelines {
namespace {

using torch::Tensor;

/// What an operand is shown in: its values and their levels, in real numbers or in steps.
struct Shown {
  Tensor values, levels;
  const char* unit;
};

/// `x` with each of its rows (dimension 0) divided by the row's scale.
Tensor in_steps(const Tensor& x, const std::vector<double>& scales) {
  const Tensor divisors = torch::tensor(scales, torch::kFloat64);
  return x.to(torch::kFloat64).reshape({static_cast<std::int64_t>(scales.size()), -1}) /
         divisors.unsqueeze(1);
}

/// Levels of filters that have scales of their own are the same in steps of these.
Shown shown(nn::Quantizer& quantizer, const Tensor& values, const Tensor& quantized) {
  const auto codes = quantizer.codes(values);
  if (codes && codes->scales.size() > 1)
    return {in_steps(values, codes->scales).flatten(), codes->codes.flatten().to(torch::kFloat64),
            "step"};
  return {values.flatten().to(torch::kFloat64), quantized.flatten().to(torch::kFloat64), "value"};
}

double percent_of(const Tensor& chosen) {
  return 100 * chosen.sum().item<double>() / static_cast<double>(chosen.numel());
}

reports::Histogram histogram_of(const Tensor& values) {
  constexpr std::int64_t kSteps = 48;
  reports::Histogram histogram{values.min().item<double>(), values.max().item<double>(), {}};
  const double width = histogram.to - histogram.from;
  const Tensor step = width > 0 ? ((values - histogram.from) * (kSteps / width))
                                      .floor()
                                      .clamp(0, kSteps - 1)
                                      .to(torch::kInt64)
                                : torch::zeros({values.numel()}, torch::kInt64);
  const Tensor shares = torch::bincount(step, {}, kSteps).to(torch::kFloat64) *
                        (100 / static_cast<double>(values.numel()));
  for (std::int64_t i = 0; i < kSteps; ++i) histogram.share_pct.push_back(shares[i].item<double>());
  return histogram;
}

/// Nothing where there are more than `bits` tell apart: filters have levels of their own.
std::vector<reports::LevelShare> shares_of(const Tensor& levels, int bits) {
  const auto [distinct, inverse, counts] = at::_unique2(levels, true, false, true);
  if (distinct.numel() > (std::int64_t{1} << bits)) return {};
  std::vector<reports::LevelShare> shares;
  for (std::int64_t i = 0; i < distinct.numel(); ++i)
    shares.push_back({distinct[i].item<double>(),
                      100 * counts[i].item<double>() / static_cast<double>(levels.numel())});
  return shares;
}

/// The share of what no level is near: beyond the outermost by more than half of how far that is
/// from its neighbour.
double beyond_pct(const Tensor& values, const Tensor& levels) {
  const Tensor distinct = std::get<0>(at::_unique2(levels));
  const std::int64_t count = distinct.numel();
  if (count < 2) return 0;
  const auto at = [&](std::int64_t i) { return distinct[i].item<double>(); };
  const double least = at(0) - (at(1) - at(0)) / 2;
  const double greatest = at(count - 1) + (at(count - 1) - at(count - 2)) / 2;
  return percent_of((values < least).logical_or(values > greatest));
}

std::optional<double> sqnr_db(const Tensor& values, const Tensor& quantized) {
  const Tensor real = values.to(torch::kFloat64);
  const double error = (real - quantized.to(torch::kFloat64)).square().sum().item<double>();
  const double signal = real.square().sum().item<double>();
  if (error <= 0 || signal <= 0) return std::nullopt;
  return 10 * std::log10(signal / error);
}

/// The values of a sample, which ends in the least and the greatest of all once more.
Tensor values_of(const Tensor& sample) { return sample.slice(0, 0, sample.numel() - 2); }

/// Collects what the layers of a quantized network read, which it then quantizes.
class SampledHooks : public nn::LayerHooks {
 public:
  SampledHooks(nn::ActivationSampler& sampler, std::unique_ptr<nn::LayerHooks> quantizing)
      : sampler_(sampler), quantizing_(std::move(quantizing)) {}
  Tensor input(std::size_t layer, const Tensor& x) override {
    return quantizing_->input(layer, sampler_.input(layer, x));
  }
  Tensor second_input(std::size_t layer, const Tensor& x) override {
    return quantizing_->second_input(layer, sampler_.second_input(layer, x));
  }
  Tensor weight(std::size_t layer, const Tensor& w) override {
    return quantizing_->weight(layer, w);
  }
  Tensor bias(std::size_t layer, const Tensor& b) override { return quantizing_->bias(layer, b); }
  Tensor product(std::size_t layer, const nn::LayerOperands& operands,
                 const nn::LayerProduct& compute) override {
    return quantizing_->product(layer, operands, compute);
  }

 private:
  nn::ActivationSampler& sampler_;
  std::unique_ptr<nn::LayerHooks> quantizing_;
};

nn::ActivationSampler sampled(nn::QuantizedNetwork& network, const Images& images,
                              const data::LoaderOptions& loading, const Host& host) {
  nn::ActivationSampler sampler(network.network().layers(), images->size());
  SampledHooks hooks(sampler, network.hooks());
  data::Loader loader(images, loading);
  Step step(host, "statistics", "images");
  std::int64_t done = 0;
  while (auto batch = loader.next()) {
    network.network().forward(nn::images_of(*batch), nn::Mode::kInference, hooks);
    step.update(static_cast<double>(done += batch->size), images->size());
  }
  return sampler;
}

/// Of one operand, whose levels are set. `values` are of any shape, those of weights
/// [output channels][...].
reports::OperandStatistics operand_statistics(nn::Quantizer& quantizer, const Tensor& values,
                                              int bits) {
  const Tensor quantized = quantizer.quantize(values);
  const auto [real, levels, unit] = shown(quantizer, values, quantized);
  return {.values = values.numel(),
          .zero_pct = percent_of(quantized == 0),
          .beyond_pct = beyond_pct(real, levels),
          .sqnr_db = sqnr_db(values, quantized),
          .unit = unit,
          .histogram = histogram_of(real),
          .levels = shares_of(levels, bits)};
}

}  // namespace

std::vector<reports::LayerStatistics> level_statistics(nn::QuantizedNetwork& network,
                                                       const Images& images,
                                                       const data::LoaderOptions& loading,
                                                       const Host& host) {
  const torch::NoGradGuard no_gradient;
  const nn::ActivationSampler sampler = sampled(network, images, loading, host);
  const auto shapes = graph::layers_of(network.network().graph());
  std::vector<reports::LayerStatistics> layers;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const graph::Precision bits = network.quantization().policy[i];
    reports::LayerStatistics& layer = layers.emplace_back();
    layer.bits = {shapes[i].name, bits.weight_bits, bits.activation_bits,
                  network.quantization().filters_of(i)};
    if (nn::Quantizer* weights = network.weight_quantizer(i))
      layer.weights =
          operand_statistics(*weights, network.network().layer_weight(i), bits.weight_bits);
    else if (nn::Quantizer* second = network.second_quantizer(i))
      layer.weights =
          operand_statistics(*second, values_of(sampler.second_sample(i)), bits.weight_bits);
    if (nn::Quantizer* activations = network.activation_quantizer(i))
      layer.activations =
          operand_statistics(*activations, values_of(sampler.sample(i)), bits.activation_bits);
  }
  return layers;
}

}  // namespace bitloom::pipelines
