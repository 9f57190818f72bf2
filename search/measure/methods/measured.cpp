#include "search/measure/width_changes.h"

namespace bitloom::search {
namespace {

/// The loss with one operand lowered, less the loss in single precision.
void measure_measured(LoweredOperands& lowered, const SensitivityTask& task,
                      std::vector<TensorSensitivity>& tensors) {
  measure_changes(lowered, OutputChange::kLoss, task, tensors);
}

}  // namespace

SensitivityMethod measured_method() {
  return {.name = "measured",
          .doc = "loss increase, one operand lowered",
          .unit = "evaluations",
          .images = 256,
          .measure_widths = measure_measured,
          .figure = change_at_fewest_bits};
}

}  // namespace bitloom::search
