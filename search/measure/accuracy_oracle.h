#pragma once

#include <functional>
#include <memory>

#include "models/data/loader.h"
#include "models/graph/filter_bits.h"
#include "models/torch/accuracy.h"

namespace bitloom::nn {
class Network;
class QuantizedNetwork;
struct Quantization;
}  // namespace bitloom::nn

namespace bitloom::search {

/// How well a network answers with any bits: one load of weights and
/// images for many policies. What is asked before does not change an answer, which is that of
/// `bitloom evaluate` for the same policy and images, where nothing is adapted: of the hardware's
/// integers where the quantizer has such.
class AccuracyOracle {
 public:
  /// What is done to a quantized and calibrated network before it is scored: training, if anything.
  using Adapt = std::function<void(const std::shared_ptr<nn::QuantizedNetwork>&)>;

  /// Runs `network`, which it changes and leaves changed, quantized as `how` says but for its
  /// policy. Ranges and biases are set to all that `calibration` gives, before anything is
  /// quantized; the images of `scored` are kept in memory, as floats.
  /// `progress` is told how many batches of calibration images are done.
  AccuracyOracle(std::shared_ptr<nn::Network> network, const nn::Quantization& how,
                 data::Loader& calibration, data::Loader& scored, Adapt adapt = {},
                 const std::function<void(std::int64_t done, std::int64_t of)>& progress = {});
  /// From now on networks are not calibrated but as `stored` has them: trained at several widths
  /// at once, of which each policy takes some.
  using Stored = std::function<std::shared_ptr<nn::QuantizedNetwork>(
      const std::shared_ptr<nn::Network>&, const graph::FilterPolicy&)>;
  void use(Stored stored);

  ~AccuracyOracle();
  AccuracyOracle(AccuracyOracle&&) noexcept;

  /// The accuracy of `policy`, which has bits for every layer.
  nn::Accuracy operator()(const graph::FilterPolicy& policy);
  nn::Accuracy operator()(const graph::Policy& policy) {
    return (*this)(graph::FilterPolicy{policy});
  }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bitloom::search
