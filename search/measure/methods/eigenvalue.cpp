#include "search/measure/loss_curvature.h"
#include "search/measure/sensitivity_methods.h"

namespace bitloom::search {
namespace {

/// Rows: of each tensor so far the values, then their residuals.
void measure_eigenvalues(LossCurvature& loss, const SensitivityTask& task,
                         std::vector<TensorSensitivity>& tensors) {
  SensitivityTask::Rows rows = task.rows;
  task.begin_at(static_cast<double>(rows.size()));
  while (rows.size() < tensors.size()) {
    const Eigenvalues found = loss.eigenvalues(rows.size(), task.seed + rows.size());
    rows.push_back(found.values);
    rows.back().insert(rows.back().end(), found.residuals.begin(), found.residuals.end());
    task.save(rows);
    task.update(static_cast<double>(rows.size()), std::ssize(tensors), "");
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto half = rows[i].begin() + static_cast<std::ptrdiff_t>(rows[i].size() / 2);
    tensors[i].eigenvalues.assign(rows[i].begin(), half);
    tensors[i].residuals.assign(half, rows[i].end());
  }
}

std::optional<SensitivityFigure> largest_eigenvalue(const TensorSensitivity& tensor) {
  if (tensor.eigenvalues.empty()) return {};
  if (tensor.residuals.empty()) return SensitivityFigure{tensor.eigenvalues.front(), {}};
  return SensitivityFigure{tensor.eigenvalues.front(), tensor.residuals.front()};
}

}  // namespace

SensitivityMethod eigenvalue_method() {
  return {.name = "eigenvalue",
          .doc = "largest eigenvalue of the Hessian (HAWQ)",
          .unit = "",
          .images = 128,
          .measure = measure_eigenvalues,
          .figure = largest_eigenvalue};
}

}  // namespace bitloom::search
