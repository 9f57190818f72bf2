#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "models/integer/program.h"
#include "models/torch/evaluation.h"
#include "models/torch/quantized_network.h"
#include "models/torch/torch.h"

namespace bitloom::nn {

/// A quantized network whose tensors hold codes: fake quantization that computes the hardware's
/// integers. It runs the program that integer::IntegerNetwork runs, with LibTorch's convolutions on
/// floats (doubles where sums pass 2^24) and a requantizer of its own.
class CodesNetwork {
 public:
  explicit CodesNetwork(integer::Program program);

  /// Sees a layer's input codes and its accumulators, both integers, [batch][channels]..., which
  /// later steps overwrite.
  using Observer = std::function<void(std::size_t layer, const torch::Tensor& codes,
                                      const torch::Tensor& accumulators)>;

  /// Outputs [batch][classes] as real numbers in double, for images [batch][channels][height]
  /// [width]; those of several outputs one behind the other.
  torch::Tensor forward(const torch::Tensor& images, const Observer& observer = {}) const;

  const integer::Program& program() const { return program_; }

 private:
  class Run;
  struct LayerTensors {
    torch::Tensor weights, biases;  // float where the sums stay below 2^24, else double
  };

  integer::Program program_;
  std::vector<LayerTensors> layers_;      // by node; empty tensors where it is no layer
  std::vector<std::size_t> last_reader_;  // of each node's output
};

/// Answers as `model` is now: with its integers where it has some, otherwise by its forward().
Classifier classifier_of(std::shared_ptr<QuantizedNetwork> model);

}  // namespace bitloom::nn
