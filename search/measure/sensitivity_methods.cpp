#include "search/measure/sensitivity_methods.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::search {

// The table: for each method the function that describes it, in a file of its own in methods/.
#define BITLOOM_SENSITIVITY_METHODS(row)                                                  \
  row(trace) row(eigenvalue) row(fisher) row(mse) row(divergence) row(measured) row(sqnr) \
      row(gradient)

#define BITLOOM_DECLARED(method) SensitivityMethod method##_method();
BITLOOM_SENSITIVITY_METHODS(BITLOOM_DECLARED)
#undef BITLOOM_DECLARED

const std::vector<SensitivityMethod>& sensitivity_methods() {
#define BITLOOM_LISTED(method) method##_method(),
  static const std::vector<SensitivityMethod> table{BITLOOM_SENSITIVITY_METHODS(BITLOOM_LISTED)};
#undef BITLOOM_LISTED
  return table;
}

std::vector<std::string> sensitivity_method_names() {
  std::vector<std::string> names;
  for (const SensitivityMethod& method : sensitivity_methods()) names.emplace_back(method.name);
  return names;
}

const SensitivityMethod& find_sensitivity_method(std::string_view name) {
  for (const SensitivityMethod& method : sensitivity_methods())
    if (method.name == name) return method;
  throw unknown_name("method", name, sensitivity_method_names());
}

double upper_bound(const SensitivityFigure& figure) {
  return std::max(figure.value, 0.0) + 2 * figure.error.value_or(0);
}

bool is_lost_in_noise(const SensitivityFigure& figure) {
  return figure.value <= 2 * figure.error.value_or(0);
}

SensitivityFigure change_at(const TensorSensitivity& tensor, int bits) {
  const auto error = tensor.change_error.find(bits);
  SensitivityFigure found{tensor.change.at(bits), {}};
  if (error != tensor.change_error.end()) found.error = error->second;
  return found;
}

std::optional<std::string> noise_warning(const Sensitivity& sensitivity) {
  const SensitivityMethod& method = find_sensitivity_method(sensitivity.method);
  const auto is_lost = [&](const TensorSensitivity& tensor) {
    const auto figure = method.figure(tensor);
    return figure && is_lost_in_noise(*figure);
  };
  const auto lost = std::count_if(sensitivity.layers.begin(), sensitivity.layers.end(),
                                  [&](const LayerSensitivity& layer) {
                                    return is_lost(layer.weights) || is_lost(layer.activations);
                                  });
  if (lost == 0) return {};
  return fmt::format(
      "{} of {} layers have figures by {} that cannot be told from 0 (within two errors): their "
      "bits rest on the error; measure on more images{}",
      lost, sensitivity.layers.size(), method.name,
      method.measure && method.name != "fisher" ? ", or by --method fisher" : "");
}

}  // namespace bitloom::search
