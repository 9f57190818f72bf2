// Fake quantization beside the convolution that it feeds, and what calibration takes.

#include <algorithm>

#include <benchmark/benchmark.h>

#include "models/quantizers/quantizer.h"
#include "models/torch/processors.h"

namespace bitloom::nn {
namespace {

enum Which { kActivations, kWeights };

QuantizerTask task(Which which, int bits) {
  QuantizerTask task;
  task.role = which == kWeights ? QuantizerTask::Role::kWeights : QuantizerTask::Role::kActivations;
  task.bits = bits;
  task.is_signed = which == kWeights;
  return task;
}

torch::Tensor sample(Which which) {
  nn::use_processors(1);
  torch::manual_seed(1);
  return which == kWeights ? torch::randn({64, 64, 3, 3}) * 0.1
                           : torch::randn({100, 16, 32, 32}).relu();
}

void quantize(benchmark::State& state, const QuantizerKind* kind, Which which, bool train) {
  const torch::Tensor values = sample(which).set_requires_grad(train);
  const int bits = std::clamp(4, kind->least_bits, kind->most_bits);
  const auto quantizer = kind->make(task(which, bits));
  quantizer->calibrate(values);
  for (auto _ : state) {
    const torch::Tensor quantized = quantizer->quantize(values);
    if (train) quantized.sum().backward();
    benchmark::DoNotOptimize(quantized);
  }
  state.SetItemsProcessed(state.iterations() * values.numel());
}

void calibrate(benchmark::State& state, const char* scheme, int bits) {
  torch::manual_seed(1);
  const torch::Tensor values = torch::randn({1000, 1000}) * 0.1;
  const auto quantizer = quantizer_scheme(scheme).weights.make(task(kWeights, bits));
  for (auto _ : state) quantizer->calibrate(values);
  state.SetItemsProcessed(state.iterations() * values.numel());
}

void convolve(benchmark::State& state) {
  const torch::Tensor x = sample(kActivations), w = torch::randn({16, 16, 3, 3});
  for (auto _ : state) benchmark::DoNotOptimize(torch::conv2d(x, w, {}, 1, 1));
  state.SetItemsProcessed(state.iterations() * x.numel());
}

void register_all() {
  for (const Which which : {kActivations, kWeights}) {
    const bool is_weights = which == kWeights;
    for (const QuantizerKind& kind : quantizer_kinds(
             is_weights ? QuantizerTask::Role::kWeights : QuantizerTask::Role::kActivations))
      for (const bool train : {false, true}) {
        const std::string name = std::string(kind.name) +
                                 (is_weights ? "/weights" : "/activations") +
                                 (train ? "/train" : "/infer");
        benchmark::RegisterBenchmark(name.c_str(), quantize, &kind, which, train);
      }
  }
  benchmark::RegisterBenchmark("convolve", convolve);
  for (const auto& [scheme, bits] : {std::pair{"haq", 4}, {"kmeans", 8}, {"kmeans", 16}})
    benchmark::RegisterBenchmark(
        ("calibrate/" + std::string(scheme) + "/" + std::to_string(bits)).c_str(), calibrate,
        scheme, bits)
        ->Unit(benchmark::kMillisecond);
}

const bool registered = (register_all(), true);

}  // namespace
}  // namespace bitloom::nn
