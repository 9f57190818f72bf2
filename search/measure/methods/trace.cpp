#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "search/measure/loss_curvature.h"
#include "search/measure/sample_mean.h"
#include "search/measure/sensitivity_methods.h"

namespace bitloom::search {
namespace {

constexpr std::int64_t kLeastProbes = 30;

/// Errors shrink with the root of the probes.
std::int64_t probes_needed(std::int64_t probes, double error_to_goal, std::int64_t most) {
  const double needed = std::ceil(static_cast<double>(probes) * error_to_goal * error_to_goal);
  if (!(needed < static_cast<double>(most))) return most;
  return std::max({static_cast<std::int64_t>(needed), probes, kLeastProbes});
}

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
    const double error = largest_relative_error(samples);
    task.update(static_cast<double>(probes),
                probes_needed(probes, error / task.relative_error, most),
                fmt::format(", largest error {:.1f} % (goal {:g})", 100 * error,
                            100 * task.relative_error));
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const SampleMean mean = mean_of(samples[i]);
    tensors[i].trace = mean.mean;
    tensors[i].standard_error = mean.standard_error;
    tensors[i].probes = mean.samples;
  }
}

std::optional<SensitivityFigure> mean_trace(const TensorSensitivity& tensor) {
  if (!tensor.trace) return {};
  return SensitivityFigure{*tensor.trace, tensor.standard_error};
}

}  // namespace

SensitivityMethod trace_method() {
  return {.name = "trace",
          .doc = "mean trace of the Hessian (HAWQ-V2)",
          .unit = "probes",
          .images = 128,
          .measure = measure_traces,
          .figure = mean_trace};
}

}  // namespace bitloom::search
