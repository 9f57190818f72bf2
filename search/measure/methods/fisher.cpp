#include <algorithm>

#include "search/measure/loss_curvature.h"
#include "search/measure/sample_mean.h"
#include "search/measure/sensitivity_methods.h"

namespace bitloom::search {
namespace {

/// Of each filter so far: the rows after the tensors', which with() appended.
FilterSums filter_sums(const SensitivityTask& task) {
  const std::size_t tensors = 2 * task.filters.size();
  FilterSums sums;
  for (std::size_t i = 0; i < task.filters.size(); ++i)
    sums.push_back(task.rows.size() > tensors ? task.rows[tensors + i]
                                              : std::vector<double>(task.filters[i]));
  return sums;
}

SensitivityTask::Rows with(SensitivityTask::Rows rows, const FilterSums& sums) {
  rows.insert(rows.end(), sums.begin(), sums.end());
  return rows;
}

/// The diagonal of the empirical Fisher matrix, which stands for the Hessian's where the network
/// predicts well. Rows: of each tensor what the images so far gave.
void measure_fisher(LossCurvature& loss, const SensitivityTask& task,
                    std::vector<TensorSensitivity>& tensors) {
  SensitivityTask::Rows samples = task.rows;
  samples.resize(tensors.size());
  FilterSums filters = filter_sums(task);
  FilterSums* const of_filters = task.filters.empty() ? nullptr : &filters;
  std::int64_t done = std::ssize(samples.front());
  task.begin_at(static_cast<double>(done));
  while (done < loss.images()) {
    const std::int64_t of_batch =
        loss.squared_gradients(done, samples, of_filters, [&](std::int64_t images) {
          task.update(static_cast<double>(done + images), loss.images(), "");
        });
    done += of_batch;
    task.save(with(samples, filters));
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const SampleMean mean = mean_of(samples[i]);
    tensors[i].fisher = mean.mean;
    if (mean.samples > 1) tensors[i].standard_error = mean.standard_error;
  }
  for (std::size_t i = 0; i < filters.size(); ++i) {
    FilterSensitivity& of_layer = tensors[i].filters.emplace();
    for (const double sum : filters[i]) of_layer.fisher.push_back(sum / static_cast<double>(done));
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
          .knows_filters = true,
          .measure = measure_fisher,
          .figure = mean_squared_gradient};
}

}  // namespace bitloom::search
