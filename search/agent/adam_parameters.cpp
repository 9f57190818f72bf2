#include "search/agent/adam_parameters.h"

#include <cmath>

#include "base/random.h"

namespace bitloom::search {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
constexpr double kLastLayerRange = 0.003;

void fill_evenly(Tensor& tensor, double range, std::mt19937_64& random) {
  const auto most = static_cast<float>(range);
  float* values = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) values[i] = draw_float(random, -most, most);
}

}  // namespace

AdamParameters::AdamParameters(const LayerSizes& in_out, std::mt19937_64& random) {
  std::int64_t count = 0;
  for (const auto& [in, out] : in_out) count += (in + 1) * out;
  values_ = torch::empty({count});
  gradient_ = torch::zeros({count});
  first_moment_ = torch::zeros({count});
  second_moment_ = torch::zeros({count});
  std::int64_t at = 0;
  const auto view = [&](torch::IntArrayRef shape, std::int64_t length, double range) {
    Tensor values = values_.narrow(0, at, length).view(shape);
    fill_evenly(values, range, random);
    values = values.detach();
    values.mutable_grad() = gradient_.narrow(0, at, length).view(shape);
    views_.push_back(values);
    at += length;
  };
  for (const auto& [in, out] : in_out) {
    const bool is_last = &in == &in_out.back().first;
    const double range = is_last ? kLastLayerRange : 1 / std::sqrt(static_cast<double>(in));
    view({out, in}, in * out, range);
    view({out}, out, range);
  }
}

void AdamParameters::require_gradient(bool required) {
  for (Tensor& view : views_) view.set_requires_grad(required);
}

void AdamParameters::step(double rate) {
  const torch::NoGradGuard no_gradient;
  ++steps_;
  const auto t = static_cast<double>(steps_);
  first_moment_.mul_(kBeta1).add_(gradient_, 1 - kBeta1);
  second_moment_.mul_(kBeta2).addcmul_(gradient_, gradient_, 1 - kBeta2);
  const Tensor spread =
      second_moment_.sqrt().div_(std::sqrt(1 - std::pow(kBeta2, t))).add_(kEpsilon);
  values_.addcdiv_(first_moment_, spread, -rate / (1 - std::pow(kBeta1, t)));
}

void AdamParameters::follow(const AdamParameters& other, double tau) {
  const torch::NoGradGuard no_gradient;
  values_.lerp_(other.values_, tau);
}

void AdamParameters::copy(const AdamParameters& other) {
  const torch::NoGradGuard no_gradient;
  values_.copy_(other.values_);
}

Tensor AdamParameters::state() const {
  return torch::stack({values_, first_moment_, second_moment_,
                       torch::full_like(values_, static_cast<double>(steps_))});
}

void AdamParameters::load(const Tensor& state) {
  const torch::NoGradGuard no_gradient;
  values_.copy_(state[0]);
  first_moment_.copy_(state[1]);
  second_moment_.copy_(state[2]);
  steps_ = std::llround(state[3][0].item<float>());
}

}  // namespace bitloom::search
