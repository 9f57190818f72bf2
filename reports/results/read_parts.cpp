#include "reports/results/read_parts.h"

#include <charconv>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::reports {
namespace {

LayerBits layer_bits(const JsonValue& layer) {
  return {layer.at("name").text(), static_cast<int>(layer.at("weight_bits").integer()),
          static_cast<int>(layer.at("activation_bits").integer())};
}

std::map<int, double> read_omega(const JsonValue& omega) {
  std::map<int, double> by_bits;
  for (const auto& [key, value] : omega.members()) {
    int bits = 0;
    const auto [end, failure] = std::from_chars(key.data(), key.data() + key.size(), bits);
    if (failure == std::errc() && end == key.data() + key.size()) by_bits[bits] = value.number();
  }
  return by_bits;
}

Accuracy read_accuracy(const JsonValue& json) {
  return {json.at("top1_pct").number(), json.number_at("top1_stderr_pct"), json.number_at("loss"),
          json.number_at("loss_stderr"), json.integer_at("images")};
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
    return TensorFigure{*fisher, {}};
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

double entry(const JsonValue& json, const std::string& outer, const std::string& inner) {
  return json.at(outer).at(inner).number();
}

}  // namespace

std::vector<LayerBits> read_layer_bits(const JsonValue& layers) {
  std::vector<LayerBits> all;
  for (const JsonValue& layer : layers.items()) all.push_back(layer_bits(layer));
  return all;
}

Costs read_costs(const JsonValue& costs) {
  Costs all;
  for (const auto& [name, value] : costs.members()) all[name] = value.number();
  return all;
}

namespace {

/// What memory can deliver to a BISMO in a second: its DRAM at its peak, or all ports at full
/// width.
double bismo_bytes_per_s(const JsonValue& hardware, double hertz) {
  constexpr double kBitsPerByte = 8;
  if (const auto dram = hardware.find("dram")) {
    constexpr double kTransfersAClock = 2;
    return dram->at("channels").number() * dram->at("bus_bits").number() / kBitsPerByte *
           kTransfersAClock * 1e6 * dram->at("clock_mhz").number();
  }
  const JsonValue ports = hardware.at("ports");
  double bits = ports.at("activation_bits").number() + ports.at("weight_bits").number();
  if (ports.text_or("write_back", "none") != "none") bits += ports.at("result_bits").number();
  if (const auto layout = hardware.find("layout");
      layout && layout->text_or("convert", "none") != "none")
    bits += layout->at("port_bits").number();
  return bits / kBitsPerByte * hertz;
}

}  // namespace

std::optional<Machine> read_machine(const JsonValue& hardware) {
  const std::string family = hardware.text_or("family");
  const double hertz = 1e6 * hardware.number_at("clock_mhz").value_or(0);
  constexpr double kBitsPerByte = 8;
  if (family == "bismo") {
    return Machine{entry(hardware, "array", "dm") * entry(hardware, "array", "dk") *
                       entry(hardware, "array", "dn") * hertz,
                   bismo_bytes_per_s(hardware, hertz)};
  }
  if (family == "bitfusion") {
    const double unit_bits = entry(hardware, "array", "unit_bits");
    return Machine{entry(hardware, "array", "rows") * entry(hardware, "array", "columns") *
                       unit_bits * unit_bits * hertz,
                   hardware.at("port_bits").number() / kBitsPerByte * hertz};
  }
  return {};
}

PricedPolicy read_simulation(const JsonValue& file, const std::string& name) {
  constexpr double kPicojoulesPerMillijoule = 1e9;
  PricedPolicy priced{name, file.text_or("engine"), file.integer_at("batch").value_or(1), {}};
  const double cycles_per_ms = 1e3 * file.at("clock_mhz").number();
  for (const JsonValue& layer : file.at("layers").items()) {
    const auto ms = [&](const char* key) { return layer.at(key).number() / cycles_per_ms; };
    const auto mj = [&](const char* key) {
      return entry(layer, "energy_pj", key) / kPicojoulesPerMillijoule;
    };
    priced.layers.push_back(
        {.bits = layer_bits(layer),
         .kind = layer.text_or("kind"),
         .latency_ms = layer.at("latency_ms").number(),
         .compute_ms = ms("compute_cycles"),
         .fetch_stall_ms = ms("fetch_stall_cycles"),
         .result_stall_ms = ms("result_stall_cycles"),
         .conversion_ms = layer.number_at("conversion_cycles").value_or(0) / cycles_per_ms,
         .compute_mj = mj("compute"),
         .buffer_mj = mj("buffer"),
         .dram_mj = mj("dram"),
         .static_mj = mj("static"),
         .dram_bytes = layer.at("dram_bytes").number(),
         .bops = layer.number_at("bops").value_or(0) * static_cast<double>(priced.batch)});
  }
  return priced;
}

Sensitivities read_sensitivities(const JsonValue& file) {
  Sensitivities all{file.at("method").text(), "", {}};
  all.figure = figure_name(all.method);
  for (const JsonValue& layer : file.at("layers").items()) {
    const JsonValue weights = layer.at("weights"), activations = layer.at("activations");
    all.layers.push_back({layer.at("name").text(), tensor_figure(weights, all.method),
                          tensor_figure(activations, all.method), read_omega(weights.at("omega")),
                          read_omega(activations.at("omega"))});
  }
  return all;
}

Solved read_solved(const JsonValue& search) {
  Solved solved{.omega = search.at("omega").number(),
                .bound = search.at("bound").number(),
                .proved_optimal = search.at("proved_optimal").boolean(),
                .costs = read_costs(search.at("cost")),
                .layer_costs = {}};
  for (const JsonValue& layer : search.at("layers").items())
    solved.layer_costs.push_back(read_costs(layer.at("cost")));
  return solved;
}

std::vector<FrontierPoint> read_frontier(const JsonValue& file) {
  std::vector<FrontierPoint> points;
  for (const JsonValue& point : file.at("points").items())
    points.push_back({point.at("omega").number(), read_costs(point.at("cost"))});
  return points;
}

Candidate read_candidate(const JsonValue& json) {
  Candidate candidate;
  candidate.name = json.at("name").text();
  candidate.label = json.text_or("label", candidate.name);
  candidate.method = json.text_or("method");
  if (const auto layers = json.find("layers")) candidate.layers = read_layer_bits(*layers);
  if (const auto costs = json.find("costs"))
    for (const auto& [engine, cost] : costs->members())
      if (!cost.json().is_null()) candidate.costs[engine] = read_costs(cost);
  if (const auto accuracy = json.find("post_training"))
    candidate.post_training = read_accuracy(*accuracy);
  if (const auto accuracy = json.find("finetuned")) candidate.finetuned = read_accuracy(*accuracy);
  return candidate;
}

std::vector<Verdict> read_verdicts(const JsonValue& file) {
  std::vector<Verdict> verdicts;
  for (const JsonValue& layer : file.at("layers").items())
    verdicts.push_back({layer_bits(layer), layer.at("values").integer(),
                        layer.at("values_equal").boolean(), layer.at("rtl_cycles").integer(),
                        layer.integer_at("analytic_cycles"), layer.integer_at("cycle_cycles"),
                        layer.at("passed").boolean(), layer.text_or("complaint")});
  return verdicts;
}

}  // namespace bitloom::reports
