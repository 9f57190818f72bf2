#include <algorithm>
#include <cmath>

#include "search/measure/width_changes.h"

namespace bitloom::search {
namespace {

/// The first order of each image's loss along what quantizing changes, |g^T (Q(x) - x)|. Signs of
/// images would cancel, and the mean gradient of a trained network is near 0; so the mean is of
/// magnitudes. Rows: of each entry the slopes of the images so far.
void measure_gradient(LoweredOperands& lowered, const SensitivityTask& task,
                      std::vector<TensorSensitivity>& tensors) {
  const std::vector<int>& bits = lowered.bits();
  SensitivityTask::Rows rows = task.rows;
  rows.resize(tensors.size() * bits.size());
  std::int64_t done = std::ssize(rows.front());
  task.begin_at(static_cast<double>(done));
  while (done < lowered.images()) {
    done += lowered.slopes(done, rows, [&](std::int64_t images) {
      task.update(static_cast<double>(done + images), lowered.images(), "");
    });
    task.save(rows);
  }
  for (std::size_t entry = 0; entry < rows.size(); ++entry) {
    std::vector<double> magnitudes = rows[entry];
    std::transform(magnitudes.begin(), magnitudes.end(), magnitudes.begin(),
                   [](double slope) { return std::abs(slope); });
    keep_change(mean_of(magnitudes), bits[entry % bits.size()], tensors[entry / bits.size()]);
  }
}

}  // namespace

SensitivityMethod gradient_method() {
  return {.name = "gradient",
          .doc = "first order of each image's loss along the error of quantizing",
          .unit = "images",
          .images = 256,
          .measure_widths = measure_gradient,
          .figure = change_at_fewest_bits};
}

}  // namespace bitloom::search
