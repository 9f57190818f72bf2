#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace bitloom::search {

/// Eigenvalues of a symmetric operator, largest first, and for each how far its vector is from
/// being one: |A x - lambda x| for |x| = 1. The true spectrum has a value within that of each.
struct Eigenvalues {
  std::vector<double> values;
  std::vector<double> residuals;
  std::int64_t products = 0;
};

/// Sums over images of what each filter of a layer's weights gives: [layer][output channel].
using FilterSums = std::vector<std::vector<double>>;

/// What sensitivity methods ask of a network's loss on some images. Tensors are the weights of all
/// layers, then their inputs; figures of an input are of one image.
class LossCurvature {
 public:
  virtual ~LossCurvature() = default;

  virtual std::size_t tensors() const = 0;
  virtual std::int64_t images() const = 0;
  /// An estimate of every tensor's mean trace, tr(H_ii) / elements: a function of the seed and the
  /// probe's number.
  virtual std::vector<double> trace_probe(std::uint64_t seed, std::int64_t number) = 0;
  /// The largest eigenvalues of a tensor's block.
  virtual Eigenvalues eigenvalues(std::size_t tensor, std::uint64_t seed) = 0;
  /// Adds to each tensor's row the mean over its elements of the squared gradient of each image's
  /// own loss, for the images from `first` on that make a step; returns how many those are. Unless
  /// null, `filters` has sums for each filter, to which the mean over the filter's weights is
  /// added. `progress(images of the step done)`.
  virtual std::int64_t squared_gradients(std::int64_t first, std::vector<std::vector<double>>& rows,
                                         FilterSums* filters,
                                         const std::function<void(std::int64_t)>& progress) = 0;
};

}  // namespace bitloom::search
