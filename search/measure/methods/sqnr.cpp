#include "search/measure/width_changes.h"

namespace bitloom::search {
namespace {

/// The reciprocal of the outputs' ratio of signal to quantization noise, one operand lowered.
void measure_sqnr(LoweredOperands& lowered, const SensitivityTask& task,
                  std::vector<TensorSensitivity>& tensors) {
  measure_changes(lowered, OutputChange::kNoise, task, tensors);
}

}  // namespace

SensitivityMethod sqnr_method() {
  return {.name = "sqnr",
          .doc = "noise of the outputs over their power, one operand lowered",
          .unit = "evaluations",
          .images = 256,
          .needs_labels = false,
          .measure_widths = measure_sqnr,
          .figure = change_at_fewest_bits};
}

}  // namespace bitloom::search
