#include <algorithm>

#include <fmt/format.h>

#include "search/measure/loss_curvature.h"
#include "search/measure/sample_mean.h"
#include "search/measure/sensitivity_methods.h"

namespace bitloom::search {
namespace {

constexpr std::int64_t kLeastProbes = 30;

/// Rows: of each tensor what the probes so far gave.
void measure_traces(LossCurvature& loss, const SensitivityTask& task,
                    std::vector<TensorSensitivity>& tensors) {
  const std::int64_t most = std::max(task.probes, kLeastProbes);
  SensitivityTask::Rows samples = task.rows;
  samples.resize(tensors.size());
  std::int64_t probes = std::ssize(samples.front());
  task.begin_at(static_cast<double>(probes));
  while (probes < most &&
         (probes < kLeastProbes || largest_relative_error(samples) > task.relative_error)) {
    const std::vector<double> found = loss.trace_probe(task.seed, probes++);
    for (std::size_t i = 0; i < found.size(); ++i) samples[i].push_back(found[i]);
    task.save(samples);
    task.update(static_cast<double>(probes), most,
                fmt::format(", largest error {:.1f} % (goal {:g})",
                            100 * largest_relative_error(samples), 100 * task.relative_error));
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const SampleMean mean = mean_of(samples[i]);
    tensors[i].trace = mean.mean;
    tensors[i].standard_error = mean.standard_error;
    tensors[i].probes = mean.samples;
  }
}

SensitivityFigure mean_trace(const TensorSensitivity& tensor) {
  return {tensor.trace.value(), tensor.standard_error};
}

}  // namespace

SensitivityMethod trace_method() {
  return {"trace", "mean trace of the Hessian (HAWQ-V2)", "probes", measure_traces, mean_trace};
}

}  // namespace bitloom::search
