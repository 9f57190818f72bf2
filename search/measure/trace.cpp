#include "search/measure/trace.h"

#include <algorithm>
#include <cmath>
#include <limits>

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
  const bool is_input = i >= hessian.layers();
  return static_cast<double>(tensor.numel()) / static_cast<double>(is_input ? tensor.size(0) : 1);
}

}  // namespace

SampleMean mean_of(const std::vector<double>& samples) {
  const auto n = static_cast<double>(samples.size());
  SampleMean result{.samples = static_cast<std::int64_t>(samples.size()),
                    .standard_error = std::numeric_limits<double>::infinity()};
  for (const double sample : samples) result.mean += sample / n;
  if (samples.size() < 2) return result;
  double squares = 0;
  for (const double sample : samples) squares += (sample - result.mean) * (sample - result.mean);
  result.standard_error = std::sqrt(squares / (n - 1) / n);
  return result;
}

TraceEstimator::TraceEstimator(std::uint64_t seed, std::vector<std::vector<double>> samples)
    : seed_(seed), samples_(std::move(samples)) {}

std::int64_t TraceEstimator::probes() const {
  return samples_.empty() ? 0 : static_cast<std::int64_t>(samples_.front().size());
}

void TraceEstimator::probe(std::size_t batches, const HessianOfBatch& hessian_of) {
  // Distinct for every seed and probe, since the step is odd.
  torch::Generator random = torch::make_generator<torch::CPUGeneratorImpl>(
      seed_ * 0x2545f4914f6cdd1d + static_cast<std::uint64_t>(probes()) * kSplitMixStep);
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
  samples_.resize(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) samples_[i].push_back(found[i]);
}

double TraceEstimator::largest_relative_error() const {
  double largest = 0;
  for (const auto& samples : samples_) {
    const SampleMean mean = mean_of(samples);
    if (mean.mean == 0 && mean.standard_error == 0) continue;
    largest = std::max(largest, mean.standard_error / std::abs(mean.mean));
  }
  return largest;
}

}  // namespace bitloom::search
