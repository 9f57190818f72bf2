#include "search/measure/width_changes.h"

namespace bitloom::search {

void keep_change(const SampleMean& mean, int bits, TensorSensitivity& tensor) {
  tensor.change[bits] = mean.mean;
  if (mean.samples > 1) tensor.change_error[bits] = mean.standard_error;
}

void measure_changes(LoweredOperands& lowered, OutputChange what, const SensitivityTask& task,
                     std::vector<TensorSensitivity>& tensors) {
  SensitivityTask::Rows rows = task.rows;
  const std::size_t layers = lowered.tensors() / 2, widths = lowered.bits().size();
  const std::size_t entries = lowered.tensors() * widths;
  const auto place = [&](std::size_t entry) {
    const std::size_t operand = entry / widths;
    return std::pair(operand / 2 + operand % 2 * layers, lowered.bits()[entry % widths]);
  };
  task.begin_at(static_cast<double>(rows.size()));
  while (rows.size() < entries) {
    const auto [tensor, bits] = place(rows.size());
    const SampleMean mean = mean_of(lowered.changes(tensor, bits, what));
    rows.push_back({mean.mean});
    if (mean.samples > 1) rows.back().push_back(mean.standard_error);
    task.save(rows);
    task.update(static_cast<double>(rows.size()), static_cast<std::int64_t>(entries), "");
  }
  for (std::size_t entry = 0; entry < entries; ++entry) {
    const auto [tensor, bits] = place(entry);
    keep_change({lowered.images(), rows[entry].front(), rows[entry].back()}, bits, tensors[tensor]);
  }
}

std::optional<SensitivityFigure> change_at_fewest_bits(const TensorSensitivity& tensor) {
  if (tensor.change.empty()) return {};
  return change_at(tensor, tensor.change.begin()->first);
}

}  // namespace bitloom::search
