#pragma once

#include <memory>

#include "models/torch/network.h"

namespace bitloom::nn {

/// A network that another learns from (Hinton et al. 2015, arXiv:1503.02531).
struct Distillation {
  std::shared_ptr<Network> teacher = {};  // none: labels alone teach
  double temperature = 1;                 // that both outputs are divided by
  double weight = 0.5;                    // of the teacher; labels have the rest
};

/// What a training makes small, beside penalties of its quantizers.
class TrainingLoss {
 public:
  /// `label_smoothing`: the share of a label that all classes have alike (Szegedy et al. 2016,
  /// arXiv:1512.00567, section 7).
  TrainingLoss(double label_smoothing, Distillation distillation)
      : label_smoothing_(label_smoothing), distillation_(std::move(distillation)) {}

  /// The teacher's outputs for `images`; undefined without one.
  torch::Tensor taught(const torch::Tensor& images) const;
  /// (1 - weight) CE(outputs, labels) + weight T^2 KL(softmax(taught / T) | softmax(outputs / T)),
  /// means over the images; without a teacher the first without its factor.
  torch::Tensor of(const torch::Tensor& outputs, const torch::Tensor& labels,
                   const torch::Tensor& taught) const;

 private:
  double label_smoothing_;
  Distillation distillation_;
};

}  // namespace bitloom::nn
