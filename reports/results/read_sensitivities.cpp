#include "base/numbers.h"
#include "reports/results/read_parts.h"

namespace bitloom::reports {
namespace {

std::map<int, double> read_omega(const JsonValue& omega) {
  std::map<int, double> by_bits;
  for (const auto& [key, value] : omega.members())
    if (const auto bits = parse_integer(key)) by_bits[static_cast<int>(*bits)] = value.number();
  return by_bits;
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
  const auto omega = read_omega(tensor.at("omega"));
  const auto found = omega.find(kComparedBits);
  if (found == omega.end()) return {};
  return TensorFigure{found->second, {}};
}

std::string figure_name(const std::string& method) {
  if (method == "trace") return "mean trace of the Hessian";
  if (method == "fisher") return "mean squared gradient";
  if (method == "eigenvalue") return "largest eigenvalue of the Hessian";
  return "expected loss at 4 bits";
}

}  // namespace

Sensitivities read_sensitivities(const JsonValue& file) {
  Sensitivities all{file.at("method").shown_text(), "", {}};
  all.figure = figure_name(all.method);
  for (const JsonValue& layer : file.at("layers").items()) {
    const JsonValue weights = layer.at("weights"), activations = layer.at("activations");
    all.layers.push_back({layer.at("name").shown_text(), tensor_figure(weights, all.method),
                          tensor_figure(activations, all.method), read_omega(weights.at("omega")),
                          read_omega(activations.at("omega"))});
  }
  return all;
}

}  // namespace bitloom::reports
