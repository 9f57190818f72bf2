#include "search/measure/loss_curvature.h"
#include "search/measure/sensitivity_methods.h"

namespace bitloom::search {
namespace {

/// The diagonal of the empirical Fisher matrix, which stands for the Hessian's where the network
/// predicts well.
void measure_fisher(LossCurvature& loss, const SensitivityTask& task,
                    std::vector<TensorSensitivity>& tensors) {
  const std::vector<double> means = loss.squared_gradients(
      [&](std::int64_t images) { task.update(static_cast<double>(images), loss.images(), ""); });
  for (std::size_t i = 0; i < tensors.size(); ++i) tensors[i].fisher = means[i];
}

SensitivityFigure mean_squared_gradient(const TensorSensitivity& tensor) {
  return {tensor.fisher.value(), {}};
}

}  // namespace

SensitivityMethod fisher_method() {
  return {"fisher", "mean squared gradient of each image's loss", "images", measure_fisher,
          mean_squared_gradient};
}

}  // namespace bitloom::search
