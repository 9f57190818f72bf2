#include "search/measure/sensitivity_methods.h"

#include "base/error.h"

namespace bitloom::search {

// The table: for each method the function that describes it, in a file of its own in methods/.
#define BITLOOM_SENSITIVITY_METHODS(row) row(trace) row(eigenvalue) row(fisher) row(mse)

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

}  // namespace bitloom::search
