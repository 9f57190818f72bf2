#include "search/measure/sensitivity_methods.h"

namespace bitloom::search {
namespace {

/// Omega is the squared error itself, which is computed for every method.
void measure_nothing(LossCurvature&, const SensitivityTask&, std::vector<TensorSensitivity>&) {}

std::optional<SensitivityFigure> one(const TensorSensitivity&) { return SensitivityFigure{1, {}}; }

}  // namespace

SensitivityMethod mse_method() {
  return {.name = "mse",
          .doc = "quantization error alone",
          .unit = "",
          .images = 128,
          .measure = measure_nothing,
          .figure = one};
}

}  // namespace bitloom::search
