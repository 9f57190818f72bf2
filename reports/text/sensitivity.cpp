#include "reports/text/sensitivity.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <span>

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
std::string columns_text(const search::SensitivityMethod& method, const search::Sensitivity& found,
                         std::size_t max_width) {
  const int fewest = found.layers.empty() || found.layers.front().weights.change.empty()
                         ? 0
                         : found.layers.front().weights.change.begin()->first;
  const std::string what =
      method.measure
          ? fmt::format("{}, whatever the bits; omega N: the loss expected at N bits", method.name)
          : fmt::format("{} at {} bits, the fewest measured; omega N: at N bits, at most",
                        method.name, fewest);
  return wrapped("weights, inputs: " + what, max_width, "");
}

/// What the layers are found to be of; a tensor of each.
struct Operand {
  const char* name;
  const search::TensorSensitivity& (*of)(const search::LayerSensitivity& layer);
};
constexpr Operand kOperands[] = {
    {"weights", [](const auto& layer) -> const auto& {return layer.weights;
}  // namespace
}  // namespace bitloom::reports
, {
  "inputs", [](const auto& layer) -> const auto& { return layer.activations; }
}
}
;

TextTable table_of(const search::Sensitivity& found, std::span<const Operand> operands) {
  const std::set<int> widths = shown_widths(found);
  std::vector<Column> columns{{"layer", Align::kLeft}};
  for (const Operand& operand : operands) {
    columns.push_back({operand.name});
    for (const int bits : widths) columns.push_back({fmt::format("omega {}", bits)});
  }
  TextTable table(columns);
  const auto& method = search::find_sensitivity_method(found.method);
  for (const search::LayerSensitivity& layer : found.layers) {
    std::vector<std::string> row{layer.name};
    for (const Operand& operand : operands) {
      const search::TensorSensitivity& tensor = operand.of(layer);
      row.push_back(figure_text(method.figure(tensor)));
      for (const int bits : widths) {
        const auto at = tensor.omega.find(bits);
        row.push_back(at == tensor.omega.end() ? "-" : fmt::format("{:.2g}", at->second));
      }
    }
    table.add_row(row);
  }
  return table;
}

}  // namespace

std::string sensitivity_text(const search::Sensitivity& found, std::size_t max_width) {
  const std::string below =
      columns_text(search::find_sensitivity_method(found.method), found, max_width);
  const TextTable beside = table_of(found, kOperands);
  if (beside.least_width() <= max_width) return beside.text(max_width) + below;
  std::string text;
  for (const Operand& operand : kOperands)
    text += table_of(found, std::span(&operand, 1)).text(max_width) + "\n";
  return text + below;
}

}  // namespace bitloom::reports
