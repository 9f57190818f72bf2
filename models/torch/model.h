#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/torch/network.h"
#include "models/torch/quantized_network.h"

namespace bitloom::nn {

/// A network as it is trained and stored: with quantizers or without.
class Model {
 public:
  explicit Model(std::shared_ptr<Network> network,
                 std::shared_ptr<QuantizedNetwork> quantized = nullptr);

  /// Outputs [batch][classes], with gradients to learned().
  torch::Tensor forward(const torch::Tensor& images, Mode mode);
  /// Parameters of the network and of the quantizers, by name.
  const std::vector<std::pair<std::string, torch::Tensor>>& learned() const { return learned_; }
  /// Tells the quantizers of the step to come; settled() says whether they are as they will be.
  void at_step(const TrainingTime& time);
  bool settled() const { return !quantized_ || quantized_->settled(); }
  /// What the quantizers add to the loss; undefined where they add nothing.
  torch::Tensor penalty() const;
  /// All that the model is, as files hold it.
  weights::Parameters parameters() const;
  /// Takes over what parameters() gave.
  void load(const weights::TensorFile& file);

  Network& network() { return *network_; }
  QuantizedNetwork* quantized() { return quantized_.get(); }

 private:
  std::shared_ptr<Network> network_;
  std::shared_ptr<QuantizedNetwork> quantized_;
  std::vector<std::pair<std::string, torch::Tensor>> learned_;
};

}  // namespace bitloom::nn
