#include "base/numbers.h"
#include "reports/results/read_parts.h"

namespace bitloom::reports {
namespace {

std::map<int, double> by_bits_of(const JsonValue& values) {
  std::map<int, double> by_bits;
  for (const auto& [key, value] : values.members())
    if (const auto bits = parse_integer(key)) by_bits[static_cast<int>(*bits)] = value.number();
  return by_bits;
}

/// Of methods that measure each width: the change at the fewest bits.
std::optional<TensorFigure> change_figure(const JsonValue& tensor) {
  const auto change = tensor.find("change"), errors = tensor.find("change_error");
  if (!change) return {};
  const auto by_bits = by_bits_of(*change);
  if (by_bits.empty()) return {};
  TensorFigure figure{by_bits.begin()->second, {}};
  const auto errors_by_bits = errors ? by_bits_of(*errors) : std::map<int, double>{};
  const auto error = errors_by_bits.find(by_bits.begin()->first);
  if (error != errors_by_bits.end()) figure.standard_error = error->second;
  return figure;
}

/// The figure that `method` measures of a tensor.
std::optional<TensorFigure> tensor_figure(const JsonValue& tensor, const std::string& method) {
  constexpr int kComparedBits = 4;
  if (method == "trace") {
    const auto trace = tensor.number_at("trace");
    if (!trace) return {};
    return TensorFigure{*trace, tensor.number_at("standard_error")};
  }
  if (method == "fisher") {
    const auto fisher = tensor.number_at("fisher");
    if (!fisher) return {};
    return TensorFigure{*fisher, tensor.number_at("standard_error")};
  }
  if (method == "eigenvalue") {
    const auto values = tensor.find("eigenvalues");
    if (!values || values->items().empty()) return {};
    return TensorFigure{values->items().front().number(), {}};
  }
  if (tensor.find("change")) return change_figure(tensor);
  const auto omega = by_bits_of(tensor.at("omega"));
  const auto found = omega.find(kComparedBits);
  if (found == omega.end()) return {};
  return TensorFigure{found->second, {}};
}

std::string figure_name(const std::string& method) {
  if (method == "trace") return "mean trace of the Hessian";
  if (method == "fisher") return "mean squared gradient";
  if (method == "eigenvalue") return "largest eigenvalue of the Hessian";
  if (method == "divergence") return "divergence of the outputs at the fewest bits";
  if (method == "measured") return "loss increase at the fewest bits";
  if (method == "sqnr") return "noise of the outputs at the fewest bits";
  if (method == "gradient") return "first-order loss change at the fewest bits";
  return "expected loss at 4 bits";
}

}  // namespace

Sensitivities read_sensitivities(const JsonValue& file) {
  Sensitivities all{file.at("method").shown_text(), "", {}};
  all.figure = figure_name(all.method);
  for (const JsonValue& layer : file.at("layers").items()) {
    const JsonValue weights = layer.at("weights"), activations = layer.at("activations");
    all.layers.push_back({layer.at("name").shown_text(), tensor_figure(weights, all.method),
                          tensor_figure(activations, all.method), by_bits_of(weights.at("omega")),
                          by_bits_of(activations.at("omega"))});
  }
  return all;
}

}  // namespace bitloom::reports
