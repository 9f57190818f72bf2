#pragma once

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "models/torch/torch.h"

namespace bitloom::search {

using torch::Tensor;

/// Inputs and outputs of each layer.
using LayerSizes = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// A multilayer perceptron's parameters in one tensor, with Adam's moments (Kingma and Ba 2015,
/// arXiv:1412.6980).
class AdamParameters {
 public:
  /// Matrices and biases [out][in], [out] for each pair; values even in +-1 / sqrt(in), the last
  /// pair's in +-0.003.
  AdamParameters(const LayerSizes& in_out, std::mt19937_64& random);

  const Tensor& operator[](std::size_t i) const { return views_[i]; }
  std::size_t size() const { return views_.size(); }
  void clear_gradient() { gradient_.zero_(); }
  void require_gradient(bool required);
  void step(double rate);
  /// this <- tau other + (1 - tau) this.
  void follow(const AdamParameters& other, double tau);
  void copy(const AdamParameters& other);
  /// Values, moments and the count of steps, as rows of one tensor.
  Tensor state() const;
  void load(const Tensor& state);

 private:
  Tensor values_, gradient_, first_moment_, second_moment_;
  std::vector<Tensor> views_;
  std::int64_t steps_ = 0;
};

}  // namespace bitloom::search
