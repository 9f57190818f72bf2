#include "reports/text/sensitivity.h"

#include <fmt/format.h>

#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

std::string with_error(const search::TensorSensitivity& tensor) {
  if (tensor.trace) return fmt::format("{:.3g} +- {:.1g}", *tensor.trace, *tensor.standard_error);
  if (!tensor.eigenvalues.empty())
    return fmt::format("{:.3g} +- {:.1g}", tensor.eigenvalues.front(), tensor.residuals.front());
  return tensor.fisher ? fmt::format("{:.3g}", *tensor.fisher) : "1";
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
  for (const search::LayerSensitivity& layer : found.layers)
    table.add_row({layer.name, with_error(layer.weights), omega(layer.weights, 2),
                   omega(layer.weights, 4), with_error(layer.activations),
                   omega(layer.activations, 2), omega(layer.activations, 4)});
  return table.text(max_width);
}

}  // namespace bitloom::reports
