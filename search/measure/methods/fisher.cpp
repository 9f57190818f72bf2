#include <algorithm>

#include "search/measure/loss_curvature.h"
#include "search/measure/sample_mean.h"
#include "search/measure/sensitivity_methods.h"

namespace bitloom::search {
namespace {

/// The diagonal of the empirical Fisher matrix, which stands for the Hessian's where the network
/// predicts well. Rows: of each tensor what the images so far gave.
void measure_fisher(LossCurvature& loss, const SensitivityTask& task,
                    std::vector<TensorSensitivity>& tensors) {
  SensitivityTask::Rows samples = task.rows;
  samples.resize(tensors.size());
  std::int64_t done = std::ssize(samples.front());
  task.begin_at(static_cast<double>(done));
  while (done < loss.images()) {
    const std::int64_t of_batch = loss.squared_gradients(done, samples, [&](std::int64_t images) {
      task.update(static_cast<double>(done + images), loss.images(), "");
    });
    done += of_batch;
    task.save(samples);
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const SampleMean mean = mean_of(samples[i]);
    tensors[i].fisher = mean.mean;
    if (mean.samples > 1) tensors[i].standard_error = mean.standard_error;
  }
}

std::optional<SensitivityFigure> mean_squared_gradient(const TensorSensitivity& tensor) {
  if (!tensor.fisher) return {};
  return SensitivityFigure{*tensor.fisher, tensor.standard_error};
}

}  // namespace

SensitivityMethod fisher_method() {
  return {.name = "fisher",
          .doc = "mean squared gradient of each image's loss",
          .unit = "images",
          .images = 512,
          .measure = measure_fisher,
          .figure = mean_squared_gradient};
}

}  // namespace bitloom::search
