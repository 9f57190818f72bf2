#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/torch/network.h"
#include "models/torch/quantized_network.h"

namespace bitloom::nn {

/// A network as it is trained and stored: with quantizers or without, or quantized at several
/// widths at once, which share their weights and have batch norms and quantizers of their own
/// (widths.h).
class Model {
 public:
  explicit Model(std::shared_ptr<Network> network,
                 std::shared_ptr<QuantizedNetwork> quantized = nullptr);
  /// The networks of all but the first are the first's `with_own_norms()`.
  explicit Model(std::vector<std::shared_ptr<QuantizedNetwork>> widths);

  /// How many networks share the weights; 1 unless it was made of several widths.
  std::size_t widths() const { return std::max<std::size_t>(1, quantized_.size()); }
  /// Outputs [batch][classes] at that width, with gradients to learned().
  torch::Tensor forward(const torch::Tensor& images, Mode mode, std::size_t width = 0);
  /// Parameters of the networks and of the quantizers, by name; shared ones once.
  const std::vector<std::pair<std::string, torch::Tensor>>& learned() const { return learned_; }
  /// Tells the quantizers of the step to come; settled() says whether they are as they will be.
  void at_step(const TrainingTime& time);
  /// Tells them that the optimizer's step is done.
  void after_step();
  bool settled() const;
  /// What the quantizers of that width add to the loss; undefined where they add nothing.
  torch::Tensor penalty(std::size_t width = 0) const;
  /// All that the model is, as files hold it.
  weights::Parameters parameters() const;
  /// Takes over what parameters() gave.
  void load(const weights::TensorFile& file);

  Network& network() { return *network_; }
  /// The quantizers of that width; null in single precision.
  QuantizedNetwork* quantized(std::size_t width = 0) {
    return quantized_.empty() ? nullptr : quantized_.at(width).get();
  }

 private:
  std::shared_ptr<Network> network_;
  std::vector<std::shared_ptr<QuantizedNetwork>> quantized_;  // of each width; or none
  std::vector<std::pair<std::string, torch::Tensor>> learned_;
};

}  // namespace bitloom::nn
