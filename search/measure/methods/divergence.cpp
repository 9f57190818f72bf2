#include "search/measure/width_changes.h"

namespace bitloom::search {
namespace {

/// KL(p || q) of the classes' probabilities: p in single precision, q with one operand lowered.
void measure_divergence(LoweredOperands& lowered, const SensitivityTask& task,
                        std::vector<TensorSensitivity>& tensors) {
  measure_changes(lowered, OutputChange::kDivergence, task, tensors);
}

}  // namespace

SensitivityMethod divergence_method() {
  return {.name = "divergence",
          .doc = "KL divergence of the outputs, one operand lowered",
          .unit = "evaluations",
          .images = 256,
          .needs_labels = false,
          .measure_widths = measure_divergence,
          .figure = change_at_fewest_bits};
}

}  // namespace bitloom::search
