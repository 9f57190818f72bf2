#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "search/measure/loss_hessian.h"

namespace bitloom::search {

/// A mean and what is known of it.
struct SampleMean {
  std::int64_t samples = 0;
  double mean = 0;
  double standard_error = 0;  // infinite below two samples
};
SampleMean mean_of(const std::vector<double>& samples);

/// The Hessian of a batch's loss; the reference holds until the next call.
using HessianOfBatch = std::function<const LossHessian&(std::size_t batch)>;

/// Estimates of the mean trace of each tensor's Hessian block, tr(H_ii) / elements (of one image,
/// for inputs), by Hutchinson's method: v_i^T (H v)_i for random signs v, all layers' weights by
/// one product and all inputs by another (HAWQ-V2, Dong et al. 2020, arXiv:1911.03852, eq. 9 and
/// 10). Blocks beside the diagonal add noise of mean 0.
class TraceEstimator {
 public:
  /// `samples[tensor]`: what earlier probes of the same seed gave, to go on from.
  TraceEstimator(std::uint64_t seed, std::vector<std::vector<double>> samples);

  /// One probe; its random signs are a function of the seed and the number of probes so far. The
  /// loss is the mean of those of `batches` batches of equal size.
  void probe(std::size_t batches, const HessianOfBatch& hessian_of);
  const std::vector<std::vector<double>>& samples() const { return samples_; }
  std::int64_t probes() const;
  /// The largest standard error of a tensor's mean trace, as a share of that mean.
  double largest_relative_error() const;

 private:
  std::uint64_t seed_;
  std::vector<std::vector<double>> samples_;
};

}  // namespace bitloom::search
