#include "search/measure/hessian_trace.h"

#include <ATen/CPUGeneratorImpl.h>

#include "base/split_mix.h"

namespace bitloom::search {
namespace {

using torch::Tensor;

/// Random signs shaped as `tensor`.
Tensor signs_like(const Tensor& tensor, torch::Generator& random) {
  return torch::randint(0, 2, tensor.sizes(), random, tensor.options().requires_grad(false))
      .mul_(2)
      .sub_(1);
}

/// Elements of one image's tensor (inputs have the batch in front), or of the weights.
double elements(const LossHessian& hessian, std::size_t i) {
  const Tensor& tensor = hessian.tensor(i);
  return static_cast<double>(tensor.numel()) /
         static_cast<double>(hessian.is_of_images(i) ? tensor.size(0) : 1);
}

}  // namespace

std::vector<double> trace_probe(std::uint64_t seed, std::int64_t number, std::size_t batches,
                                const HessianOfBatch& hessian_of) {
  // Distinct for every seed and probe, since the step is odd.
  torch::Generator random = torch::make_generator<torch::CPUGeneratorImpl>(
      seed * 0x2545f4914f6cdd1d + static_cast<std::uint64_t>(number) * kSplitMixStep);
  std::vector<double> found;
  for (std::size_t batch = 0; batch < batches; ++batch) {
    const LossHessian& hessian = hessian_of(batch);
    found.resize(2 * hessian.layers());
    const std::size_t layers = hessian.layers();
    for (const std::size_t first : {std::size_t{0}, layers}) {
      std::vector<Tensor> v;
      for (std::size_t i = first; i < first + layers; ++i)
        v.push_back(signs_like(hessian.tensor(i), random));
      const std::vector<Tensor> product = hessian.product(first, v);
      for (std::size_t i = 0; i < layers; ++i)
        found[first + i] += (v[i] * product[i]).sum(torch::kFloat64).item<double>() /
                            elements(hessian, first + i) / static_cast<double>(batches);
    }
  }
  return found;
}

}  // namespace bitloom::search
