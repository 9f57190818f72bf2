#include "reports/text/sensitivity.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/format.h>

#include "reports/text/text_table.h"
#include "search/measure/sensitivity_methods.h"

namespace bitloom::reports {
namespace {

std::string figure_text(const std::optional<search::SensitivityFigure>& figure) {
  if (!figure) return "-";
  const char* mark = search::is_lost_in_noise(*figure) ? "~0: " : "";
  if (figure->error) return fmt::format("{}{:.3g} +- {:.1g}", mark, figure->value, *figure->error);
  return fmt::format("{}{:.3g}", mark, figure->value);
}

/// The widths whose omegas are shown: 2 and 4, or the nearest to them that were tabulated.
std::set<int> shown_widths(const search::Sensitivity& found) {
  std::set<int> shown;
  if (found.layers.empty()) return shown;
  const auto& omega = found.layers.front().weights.omega;
  for (const int wanted : {2, 4}) {
    const auto nearest =
        std::min_element(omega.begin(), omega.end(), [&](const auto& a, const auto& b) {
          return std::abs(a.first - wanted) < std::abs(b.first - wanted);
        });
    if (nearest != omega.end()) shown.insert(nearest->first);
  }
  return shown;
}

/// What the columns are of.
std::string columns_text(const search::SensitivityMethod& method,
                         const search::Sensitivity& found) {
  if (method.measure)
    return fmt::format(
        "weights, inputs: {}, whatever the bits; omega N: the loss expected at N bits\n",
        method.name);
  const int fewest = found.layers.empty() || found.layers.front().weights.change.empty()
                         ? 0
                         : found.layers.front().weights.change.begin()->first;
  return fmt::format(
      "weights, inputs: {} at {} bits, the fewest measured; omega N: at N bits, at most\n",
      method.name, fewest);
}

}  // namespace

std::string sensitivity_text(const search::Sensitivity& found, std::size_t max_width) {
  const std::set<int> widths = shown_widths(found);
  std::vector<Column> columns{{"layer", Align::kLeft}};
  for (const char* operand : {"weights", "inputs"}) {
    columns.push_back({operand});
    for (const int bits : widths) columns.push_back({fmt::format("omega {}", bits)});
  }
  TextTable table(columns);
  const auto& method = search::find_sensitivity_method(found.method);
  for (const search::LayerSensitivity& layer : found.layers) {
    std::vector<std::string> row{layer.name};
    for (const search::TensorSensitivity* tensor : {&layer.weights, &layer.activations}) {
      row.push_back(figure_text(method.figure(*tensor)));
      for (const int bits : widths) {
        const auto at = tensor->omega.find(bits);
        row.push_back(at == tensor->omega.end() ? "-" : fmt::format("{:.2g}", at->second));
      }
    }
    table.add_row(row);
  }
  return table.text(max_width) + columns_text(method, found);
}

}  // namespace bitloom::reports
