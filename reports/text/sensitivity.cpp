#include "reports/text/sensitivity.h"

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

}  // namespace

std::string sensitivity_text(const search::Sensitivity& found, std::size_t max_width) {
  TextTable table({{"layer", Align::kLeft},
                   {"weights"},
                   {"omega 2"},
                   {"omega 4"},
                   {"inputs"},
                   {"omega 2"},
                   {"omega 4"}});
  const auto omega = [](const search::TensorSensitivity& tensor, int bits) {
    const auto at = tensor.omega.find(bits);
    return at == tensor.omega.end() ? std::string("-") : fmt::format("{:.2g}", at->second);
  };
  const auto& method = search::find_sensitivity_method(found.method);
  const auto figure = [&](const search::TensorSensitivity& tensor) {
    return figure_text(method.figure(tensor));
  };
  for (const search::LayerSensitivity& layer : found.layers)
    table.add_row({layer.name, figure(layer.weights), omega(layer.weights, 2),
                   omega(layer.weights, 4), figure(layer.activations), omega(layer.activations, 2),
                   omega(layer.activations, 4)});
  return table.text(max_width);
}

}  // namespace bitloom::reports
