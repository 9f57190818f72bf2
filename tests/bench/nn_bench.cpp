// ResNet-20 on 32 x 32 images, one thread: single precision, fake quantization, integers, training.
#include <benchmark/benchmark.h>

#include "models/graph/zoo/zoo.h"
#include "models/integer/network.h"
#include "models/torch/codes_network.h"
#include "models/torch/memory.h"
#include "models/torch/model.h"
#include "models/torch/optimizer.h"
#include "models/torch/processors.h"

namespace bitloom::nn {
namespace {

constexpr std::int64_t kBatch = 100, kTrainingBatch = 128;

std::shared_ptr<Network> network() {
  keep_freed_memory();
  nn::use_processors(1);
  const graph::Graph graph = graph::make_network("resnet20");
  auto network = std::make_shared<Network>(graph, initial_parameters(graph, 1));
  torch::manual_seed(1);
  const torch::NoGradGuard no_gradient;  // statistics as of a network that has been trained
  for (int i = 0; i < 20; ++i)
    network->forward(torch::randn({kTrainingBatch, 3, 32, 32}), Mode::kTraining);
  return network;
}

Tensor images(std::int64_t batch) {
  torch::manual_seed(2);
  return torch::randn({batch, 3, 32, 32});
}

void report(benchmark::State& state, std::int64_t batch) {
  state.counters["ms_per_image"] =
      benchmark::Counter(static_cast<double>(state.iterations() * batch) * 1e-3,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

integer::Program program(int bits) {
  const auto runnable = network();
  QuantizedNetwork quantized(
      runnable,
      {.scheme = "uniform", .policy = graph::uniform_policy(runnable->layers(), {bits, bits})});
  ActivationSampler sampler(runnable->layers(), kBatch);
  const torch::NoGradGuard no_gradient;
  runnable->forward(images(kBatch), Mode::kInference, sampler);
  quantized.calibrate(sampler);
  return quantized.program();
}

void float_forward(benchmark::State& state) {
  const auto runnable = network();
  const Tensor x = images(kBatch);
  const torch::NoGradGuard no_gradient;
  for (auto _ : state) benchmark::DoNotOptimize(runnable->forward(x));
  report(state, kBatch);
}
BENCHMARK(float_forward)->Unit(benchmark::kMillisecond);

void fake_quantized_forward(benchmark::State& state) {
  const CodesNetwork codes(program(static_cast<int>(state.range(0))));
  const Tensor x = images(kBatch);
  for (auto _ : state) benchmark::DoNotOptimize(codes.forward(x));
  report(state, kBatch);
}
BENCHMARK(fake_quantized_forward)->Arg(4)->Arg(8)->Unit(benchmark::kMillisecond);

void integer_forward(benchmark::State& state) {
  const integer::IntegerNetwork integers(program(static_cast<int>(state.range(0))));
  const Tensor x = images(kBatch);
  const std::span<const float> pixels(x.data_ptr<float>(), static_cast<std::size_t>(x.numel()));
  for (auto _ : state) benchmark::DoNotOptimize(integers.run(pixels, integer::fastest_kernel()));
  report(state, kBatch);
}
BENCHMARK(integer_forward)->Arg(4)->Arg(8)->Unit(benchmark::kMillisecond);

void training_step(benchmark::State& state) {
  const bool quantized = state.range(0) != 0;
  const auto runnable = network();
  std::unique_ptr<QuantizedNetwork> quantizers;
  if (quantized) {
    quantizers = std::make_unique<QuantizedNetwork>(
        runnable, Quantization{.scheme = "pact",
                               .policy = graph::uniform_policy(runnable->layers(), {4, 4})});
    ActivationSampler sampler(runnable->layers(), kBatch);
    runnable->forward(images(kBatch), Mode::kInference, sampler);
    quantizers->calibrate(sampler);
  }
  Model model(runnable, std::move(quantizers));
  Optimizer optimizer(model.learned(), {});
  const Tensor x = images(kTrainingBatch);
  const Tensor labels = torch::randint(0, 10, {kTrainingBatch});
  std::int64_t step = 0;
  for (auto _ : state) {
    optimizer.clear_gradients();
    torch::cross_entropy_loss(model.forward(x, Mode::kTraining), labels).backward();
    optimizer.step(1e-3, step++);
  }
  report(state, kTrainingBatch);
}
BENCHMARK(training_step)->ArgName("pact_4_4")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bitloom::nn
