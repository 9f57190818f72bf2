#pragma once

#include <memory>
#include <vector>

#include "models/data/loader.h"

namespace bitloom::nn {
class QuantizedNetwork;
}

namespace bitloom::search {

/// Trains a quantized network for a few steps, as HAQ does before it measures a policy's accuracy
/// (Wang et al. 2019, arXiv:1811.08886, section 3.3): a step of gradient descent with momentum 0.9
/// for each batch, at a rate that falls along a cosine. The same batches each time, so that what
/// was trained before does not matter.
class ShortFinetuning {
 public:
  /// Takes the first `steps` batches that `loader` gives.
  ShortFinetuning(data::Loader& loader, std::int64_t steps, double rate);
  void operator()(const std::shared_ptr<nn::QuantizedNetwork>& model);

 private:
  std::vector<data::Batch> batches_;
  double rate_;
};

}  // namespace bitloom::search
