// A Hessian-vector product of ResNet-20 on 64 images of 32 x 32, one thread: what a probe of the
// trace costs. double_backward.py is the same by PyTorch.
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include "models/graph/zoo/zoo.h"
#include "models/torch/memory.h"
#include "search/measure/loss_hessian.h"

namespace bitloom::search {
namespace {

constexpr std::int64_t kBatch = 64;

struct Setting {
  Setting() : network(graph::make_network("resnet20"), parameters()) {
    nn::keep_freed_memory();
    at::set_num_threads(1);
    torch::manual_seed(1);
    images = torch::randn({kBatch, 3, 32, 32});
    labels = torch::randint(0, 10, {kBatch});
    const torch::NoGradGuard no_gradient;  // statistics as of a network that has been trained
    for (int i = 0; i < 20; ++i) network.forward(images, nn::Mode::kTraining);
  }
  static weights::Parameters parameters() {
    return nn::initial_parameters(graph::make_network("resnet20"), 1);
  }
  nn::Network network;
  torch::Tensor images, labels;
};

/// `which` 0: the weights of all layers by one product; 1: all inputs.
void product(benchmark::State& state) {
  Setting setting;
  const LossHessian hessian(setting.network, setting.images, setting.labels);
  const std::size_t first = state.range(0) == 0 ? 0 : hessian.layers();
  std::vector<torch::Tensor> v;
  for (std::size_t i = first; i < first + hessian.layers(); ++i)
    v.push_back(torch::randn(hessian.tensor(i).sizes()));
  for (auto _ : state) benchmark::DoNotOptimize(hessian.product(first, v));
}
BENCHMARK(product)->ArgName("inputs")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void gradients_that_can_be_differentiated(benchmark::State& state) {
  Setting setting;
  for (auto _ : state)
    benchmark::DoNotOptimize(LossHessian(setting.network, setting.images, setting.labels));
}
BENCHMARK(gradients_that_can_be_differentiated)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bitloom::search
