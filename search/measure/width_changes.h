#pragma once

#include <vector>

#include "search/measure/lowered_operands.h"
#include "search/measure/sample_mean.h"
#include "search/measure/sensitivity_methods.h"

/// What methods share that measure each width by itself.
namespace bitloom::search {

/// Lowers one operand after another to each width, and keeps the mean over images of what `what`
/// tells, with its standard error. Rows: an entry's mean and error each, by layer, weights before
/// inputs.
void measure_changes(LoweredOperands& lowered, OutputChange what, const SensitivityTask& task,
                     std::vector<TensorSensitivity>& tensors);

/// Keeps a change at a width, and its error where there are images enough to tell it.
void keep_change(const SampleMean& mean, int bits, TensorSensitivity& tensor);

/// The change at the fewest bits.
std::optional<SensitivityFigure> change_at_fewest_bits(const TensorSensitivity& tensor);

}  // namespace bitloom::search
