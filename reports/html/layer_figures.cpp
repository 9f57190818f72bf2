// Figures with a place for each layer.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "reports/html/figures.h"
#include "reports/html/vega.h"

namespace bitloom::reports {
namespace {

using vega::layer_bar;
using vega::scale_of;
using vega::signal;

/// The bits of a bar at its end.
Json bar_label(const std::string& field, int sign) {
  return {{"type", "text"},
          {"from", {{"data", "panel"}}},
          {"encode",
           {{"update",
             {{"x", {{"scale", "x"}, {"field", "index"}, {"band", 0.5}}},
              {"y", signal(fmt::format("scale('y', {} * datum.{}) + {}", sign, field, -8 * sign))},
              {"align", {{"value", "center"}}},
              {"baseline", {{"value", "middle"}}},
              {"fontSize", {{"value", 10}}},
              {"text", {{"field", field}}}}}}}};
}

struct Part {
  const char* name;    // in the legend
  const char* column;  // without unit
  double (*value)(const SimulationFile& simulation, const LayerCosts& layer);
};

template <std::int64_t LayerCosts::*cycles>
double ms(const SimulationFile& simulation, const LayerCosts& layer) {
  return simulation.ms(layer.*cycles);
}

template <double EnergyParts::*picojoules>
double mj(const SimulationFile&, const LayerCosts& layer) {
  constexpr double kPicojoulesPerMillijoule = 1e9;
  return layer.energy_pj.*picojoules / kPicojoulesPerMillijoule;
}

struct Breakdown {
  const char* id;
  const char* what;
  const char* unit;
  const char* parts_caption;
  std::vector<Part> parts;
};

std::vector<std::string> palette(std::size_t colors) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < colors; ++i) all.push_back(fmt::format("var(--c{})", i + 1));
  return all;
}

DataTable breakdown_data(const Breakdown& b, const SimulationFile& found,
                         const SimulationFile* reference) {
  DataTable data{{"index", "layer", "weight_bits", "activation_bits"}, {}};
  const auto add_columns = [&](const std::string& owner) {
    for (const Part& part : b.parts)
      data.columns.push_back(fmt::format("{}{}_{}", owner, part.column, b.unit));
    data.columns.push_back(fmt::format("{}total_{}", owner, b.unit));
  };
  add_columns("");
  if (reference) add_columns("reference_");
  for (std::size_t i = 0; i < found.layers.size(); ++i) {
    const LayerCosts& layer = found.layers[i];
    std::vector<Json> row{i + 1, layer.bits.name, layer.bits.weight_bits,
                          layer.bits.activation_bits};
    const auto add_cells = [&](const SimulationFile& simulation) {
      double total = 0;
      for (const Part& part : b.parts) {
        const double value = part.value(simulation, simulation.layers[i]);
        row.push_back(value);
        total += value;
      }
      row.push_back(total);
    };
    add_cells(found);
    if (reference) add_cells(*reference);
    data.rows.push_back(std::move(row));
  }
  return data;
}

Json breakdown_marks(const Breakdown& b, bool has_reference) {
  Json marks = Json::array();
  const auto add_stack = [&](const std::string& owner, double from, double to, double opacity) {
    std::string below = "0";
    for (const Part& part : b.parts) {
      const std::string top = fmt::format("{} + datum.{}{}_{}", below, owner, part.column, b.unit);
      marks.push_back(layer_bar(part.name, below, top, from, to, opacity));
      below = top;
    }
  };
  constexpr double kPale = 0.4;
  add_stack("", 0, has_reference ? 0.5 : 1, 1);
  if (has_reference) add_stack("reference_", 0.5, 1, kPale);
  return marks;
}

std::string batch_text(const SimulationFile& simulation) {
  return simulation.batch ? fmt::format("batch of {}", *simulation.batch) : "each row's own batch";
}

Figure breakdown_figure(const Breakdown& b, const Run& run) {
  const SimulationFile& found = run.found()->simulation;
  const SimulationFile* reference = run.reference() ? &run.reference()->simulation : nullptr;
  if (reference && reference->layers.size() != found.layers.size()) reference = nullptr;
  const std::string whose =
      reference ? fmt::format(" Left: the policy found; right, pale: {}.", run.reference()->name)
                : "";
  Figure figure{
      b.id,
      fmt::format("{} of each layer", b.what),
      fmt::format("{}, {} engine, {}.{}", b.parts_caption, found.engine, batch_text(found), whose),
      breakdown_data(b, found, reference),
      {}};
  Json fields{fmt::format("total_{}", b.unit)};
  if (reference) fields.push_back(fmt::format("reference_total_{}", b.unit));
  const Json scales{{{"name", "y"},
                     {"domain", {{"data", "table"}, {"fields", fields}}},
                     {"range", {130, 0}},
                     {"zero", true},
                     {"nice", true}}};
  std::string title = fmt::format("{} ({})", b.what, b.unit);
  if (b.unit == std::string("mj")) title = fmt::format("{} (mJ)", b.what);
  figure.spec = vega::layer_panels(130, found.layers.size(), scales,
                                   Json::array({vega::axis("left", "y", title)}),
                                   breakdown_marks(b, reference != nullptr));
  std::vector<std::string> names;
  for (const Part& part : b.parts) names.emplace_back(part.name);
  vega::add_colors(figure.spec, names, palette(names.size()));
  return figure;
}

Json sensitivity_dots(const char* field, const char* color, double band) {
  const Json x{{"scale", "x"}, {"field", "index"}, {"band", band}};
  const std::string low = fmt::format("{}_low", field), high = fmt::format("{}_high", field);
  Json dots{
      {"type", "symbol"},
      {"from", {{"data", "panel"}}},
      {"encode",
       {{"update",
         {{"x", x},
          {"y", scale_of("y", fmt::format("{}_at", field))},
          {"size", {{"value", 36}}},
          {"opacity", signal(fmt::format("isValid(datum.{}) ? 1 : 0", field))},
          {"fillOpacity", signal(fmt::format("datum.{0} > 2 * datum.{0}_stderr ? 1 : 0", field))},
          {"fill", {{"scale", "color"}, {"value", color}}},
          {"stroke", {{"scale", "color"}, {"value", color}}},
          {"tooltip", signal("datum")}}}}}};
  Json bars = vega::error_bar("panel", x, "y", low, high);
  bars["encode"]["update"]["opacity"] =
      signal(fmt::format("isValid(datum.{}_stderr) ? 1 : 0", field));
  bars["encode"]["update"]["stroke"] = {{"scale", "color"}, {"value", color}};
  return Json::array({bars, dots});
}

}  // namespace

std::optional<Figure> bits_figure(const Run& run) {
  if (run.policy.empty()) return {};
  DataTable data{{"index", "layer", "weight_bits", "activation_bits"}, {}};
  int most = 8;
  bool by_filter = false;
  for (const LayerBits& layer : run.policy) {
    by_filter = by_filter || !layer.filter_bits.empty();
    data.rows.push_back(
        {data.rows.size() + 1, layer.name, told_weight_bits(layer), layer.activation_bits});
    most = std::max({most, layer.weight_bits, layer.activation_bits});
  }
  Figure figure{"bits",
                "Bits of each layer",
                std::string("Weight bits up, activation bits down, layers in execution order.") +
                    (by_filter ? " Where filters differ, the mean of their bits." : ""),
                data,
                {}};
  const Json scales{{{"name", "y"}, {"domain", {-most - 2, most + 2}}, {"range", {190, 0}}}};
  Json y = vega::axis("left", "y", "activation | weight bits");
  y["values"] = {-most, -most / 2, 0, most / 2, most};
  y["encode"]["labels"]["update"]["text"] = signal("abs(datum.value)");
  const Json marks{layer_bar("weights", "0", "datum.weight_bits", 0, 1, 1),
                   layer_bar("activations", "0", "-datum.activation_bits", 0, 1, 1),
                   bar_label("weight_bits", 1), bar_label("activation_bits", -1)};
  figure.spec = vega::layer_panels(190, run.policy.size(), scales, Json::array({y}), marks);
  vega::add_colors(figure.spec, {"weights", "activations"}, palette(2));
  return figure;
}

std::optional<Figure> latency_figure(const Run& run) {
  if (!run.found()) return {};
  Breakdown latency{"latency",
                    "Latency",
                    "ms",
                    "Time computing, waiting for operands to be fetched, and for results to leave",
                    {{"computing", "compute", ms<&LayerCosts::compute_cycles>},
                     {"fetch stall", "fetch_stall", ms<&LayerCosts::fetch_stall_cycles>},
                     {"result stall", "result_stall", ms<&LayerCosts::result_stall_cycles>}}};
  const std::vector<LayerCosts>& layers = run.found()->simulation.layers;
  if (std::any_of(layers.begin(), layers.end(),
                  [](const LayerCosts& layer) { return layer.conversion_cycles > 0; })) {
    latency.parts_caption =
        "Time computing, waiting for operands to be fetched and for results to leave, and before "
        "that converting activations to bit-planes";
    latency.parts.push_back({"conversion", "conversion", ms<&LayerCosts::conversion_cycles>});
  }
  return breakdown_figure(latency, run);
}

std::optional<Figure> energy_figure(const Run& run) {
  if (!run.found()) return {};
  return breakdown_figure({"energy",
                           "Energy",
                           "mj",
                           "Energy of the array, the on-chip buffers, DRAM, and leakage over time",
                           {{"array", "compute", mj<&EnergyParts::compute>},
                            {"buffers", "buffer", mj<&EnergyParts::buffer>},
                            {"DRAM", "dram", mj<&EnergyParts::dram>},
                            {"static", "static", mj<&EnergyParts::leakage>}}},
                          run);
}

std::optional<Figure> sensitivity_figure(const Run& run) {
  if (!run.sensitivity) return {};
  DataTable data{
      {"index", "layer", "weights", "weights_stderr", "activations", "activations_stderr"}, {}};
  double least = HUGE_VAL, most = 0;
  bool has_errors = false;
  const auto cells = [&](const std::optional<TensorFigure>& f) -> std::array<Json, 2> {
    if (!f) return {};
    has_errors |= f->standard_error.has_value();
    if (f->value > 0) least = std::min(least, f->value);
    most = std::max(most, f->value + f->standard_error.value_or(0));
    return {f->value, f->standard_error ? Json(*f->standard_error) : Json()};
  };
  for (const LayerSensitivities& layer : run.sensitivity->layers) {
    const auto [w, w_error] = cells(layer.weights);
    const auto [a, a_error] = cells(layer.activations);
    data.rows.push_back({data.rows.size() + 1, layer.name, w, w_error, a, a_error});
  }
  if (most <= 0 || least > most) return {};
  Figure figure{
      "sensitivity",
      "Sensitivity of each layer",
      fmt::format("The {} of weights and activations, on a logarithmic scale{}. Higher: "
                  "the loss minds quantization more. Hollow: not to be told from 0, "
                  "within two errors; what is below the axis lies on it.",
                  run.sensitivity->figure, has_errors ? "; bars: one standard error" : ""),
      data,
      {}};
  const double bottom = std::pow(10, std::floor(std::log10(least / 2)));
  const Json scales{{{"name", "y"},
                     {"type", "log"},
                     {"domain", {bottom, most * 1.2}},
                     {"range", {160, 0}},
                     {"clamp", true}}};
  Json marks = sensitivity_dots("weights", "weights", 0.3);
  for (const Json& mark : sensitivity_dots("activations", "activations", 0.7))
    marks.push_back(mark);
  figure.spec = vega::layer_panels(
      160, data.rows.size(), scales,
      Json::array({vega::axis("left", "y", run.sensitivity->figure, ".0e")}), marks);
  for (const char* field : {"weights", "activations"})
    for (const auto& [end, errors] : {std::pair{"low", -1}, {"at", 0}, {"high", 1}})
      figure.spec["data"][0]["transform"].push_back(
          {{"type", "formula"},
           {"as", fmt::format("{}_{}", field, end)},
           {"expr",
            fmt::format("max({0}, datum.{1} + {2} * datum.{1}_stderr)", bottom, field, errors)}});
  vega::add_colors(figure.spec, {"weights", "activations"}, palette(2));
  return figure;
}

}  // namespace bitloom::reports
