#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace bitloom::search {

/// What of a network's outputs is compared.
enum class OutputChange {
  kDivergence,  // KL(p || q) of the classes' probabilities, nats; needs no labels
  kLoss,        // the cross-entropy of the label, nats
  kNoise,  // |z' - z|^2 of the outputs z, as a share of the images' mean |z|^2; needs no labels
};

/// What sensitivity methods ask of a network of which one operand of one layer has few bits, all
/// else single precision. Tensors are the weights of all layers, or a second input in their place,
/// then their inputs; an entry is a tensor at a width.
class LoweredOperands {
 public:
  virtual ~LoweredOperands() = default;

  virtual std::size_t tensors() const = 0;
  virtual const std::vector<int>& bits() const = 0;
  virtual std::int64_t images() const = 0;
  /// Of each image how far its outputs move. Layers in ascending order cost least.
  virtual std::vector<double> changes(std::size_t tensor, int bits, OutputChange what) = 0;
  /// Adds to the row of each entry (tensor by tensor, a row for each of bits()) the slope of each
  /// image's own loss along what quantizing changes, g^T (Q(x) - x), for the images from `first` on
  /// that make a step; returns how many those are. `progress(images of the step done)`.
  virtual std::int64_t slopes(std::int64_t first, std::vector<std::vector<double>>& rows,
                              const std::function<void(std::int64_t)>& progress) = 0;
};

}  // namespace bitloom::search
