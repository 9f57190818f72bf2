// How a quantized network's levels lie over its values.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "reports/html/result_sections.h"
#include "reports/html/vega.h"

namespace bitloom::reports {
namespace {

using vega::scale_of;
using vega::signal;

constexpr std::pair<const char*, OperandOf> kOperands[] = {
    {"weights", &LayerStatistics::weights}, {"activations", &LayerStatistics::activations}};

constexpr std::size_t kMostDrawn = 32;  // more levels hide the histogram behind them

/// Adds the rows of a panel, which all begin with `head`.
void add_panel(const OperandStatistics& of, const std::vector<Json>& head, DataTable& data) {
  const auto add = [&](const char* mark, double from, double to, double share) {
    std::vector<Json> row = head;
    row.insert(row.end(), {mark, from, to, share});
    data.rows.push_back(std::move(row));
  };
  const Histogram& histogram = of.histogram;
  const double width =
      (histogram.to - histogram.from) / static_cast<double>(histogram.share_pct.size());
  for (std::size_t i = 0; i < histogram.share_pct.size(); ++i)
    add("histogram", histogram.from + static_cast<double>(i) * width,
        histogram.from + static_cast<double>(i + 1) * width, histogram.share_pct[i]);
  if (of.levels.size() > kMostDrawn) return;
  for (const LevelShare& level : of.levels) add("level", level.level, level.level, level.share_pct);
}

DataTable level_data(const StatisticsFile& statistics) {
  DataTable data{{"panel", "title", "layer", "operand", "mark", "from", "to", "share_pct"}, {}};
  std::size_t panel = 0;
  for (const LayerStatistics& layer : statistics.layers)
    for (const auto& [operand, member] : kOperands) {
      const auto& of = layer.*member;
      if (!of) continue;
      const int bits =
          member == &LayerStatistics::weights ? layer.bits.weight_bits : layer.bits.activation_bits;
      const std::string title = fmt::format("{}, {} at {} bits{}", layer.bits.name, operand, bits,
                                            of->unit == "step" ? " (steps)" : "");
      add_panel(*of, {++panel, title, layer.bits.name, operand}, data);
    }
  return data;
}

Json part_of_panel(const char* name) {
  return {
      {"name", std::string(name) + "s"},
      {"source", "panel"},
      {"transform", {{{"type", "filter"}, {"expr", fmt::format("datum.mark === '{}'", name)}}}}};
}

Json panel_scale(const char* name, const char* data, const Json& fields, const Json& range,
                 bool has_zero) {
  return {{"name", name},
          {"domain", {{"data", data}, {"fields", fields}}},
          {"range", range},
          {"zero", has_zero}};
}

constexpr int kPanelWidth = 180, kPanelHeight = 80;

Json mark(const char* type, const char* data, const Json& update) {
  Json shown = update;
  shown["tooltip"] = signal("datum");
  return {{"type", type}, {"from", {{"data", data}}}, {"encode", {{"update", shown}}}};
}

/// What a panel draws: bars of the histogram, and a stem with a dot on it for each level.
Json panel_marks() {
  const Json x = scale_of("x", "from"), at_bottom{{"value", kPanelHeight}};
  const Json level_share = scale_of("level_share", "share_pct");
  const auto color = [](const char* name) { return Json{{"scale", "color"}, {"value", name}}; };
  return {
      mark("rect", "histograms",
           {{"x", x},
            {"x2", scale_of("x", "to")},
            {"y", scale_of("share", "share_pct")},
            {"y2", at_bottom},
            {"fill", color("values")},
            {"fillOpacity", {{"value", 0.45}}}}),
      mark("rule", "levels",
           {{"x", x},
            {"y", level_share},
            {"y2", at_bottom},
            {"stroke", color("levels")},
            {"strokeWidth", {{"value", 1.5}}}}),
      mark("symbol", "levels",
           {{"x", x}, {"y", level_share}, {"size", {{"value", 14}}}, {"fill", color("levels")}})};
}

/// A panel for each operand of each layer, with scales of its own.
Json level_spec() {
  Json spec = vega::base();
  spec["layout"] = {{"columns", signal("max(1, floor(avail / 222))")},
                    {"padding", {{"row", 34}, {"column", 40}}}};
  Json x_axis = vega::axis("bottom", "x", "");
  x_axis["tickCount"] = 4;
  const Json up{kPanelHeight, 0};
  spec["marks"] = {
      {{"type", "group"},
       {"from",
        {{"facet", {{"name", "panel"}, {"data", "table"}, {"groupby", {"panel", "title"}}}}}},
       {"sort", {{"field", "datum.panel"}}},
       {"encode",
        {{"update", {{"width", {{"value", kPanelWidth}}}, {"height", {{"value", kPanelHeight}}}}}}},
       {"title",
        {{"text", signal("parent.title")},
         {"anchor", "start"},
         {"fontSize", 11},
         {"fontWeight", "normal"},
         {"limit", kPanelWidth + 30},
         {"color", "var(--ink)"}}},
       {"data", {part_of_panel("histogram"), part_of_panel("level")}},
       {"scales",
        {panel_scale("x", "panel", {"from", "to"}, {0, kPanelWidth}, false),
         panel_scale("share", "histograms", {"share_pct"}, up, true),
         panel_scale("level_share", "levels", {"share_pct"}, up, true)}},
       {"axes", {x_axis}},
       {"marks", panel_marks()}}};
  vega::add_colors(spec, {"values", "levels"}, {"var(--c1)", "var(--c2)"});
  return spec;
}

Figure levels_figure(const StatisticsFile& statistics) {
  return {"levels", "Levels over the values",
          "Bars: how the values lie. Stems: the levels, as high as the share of values that is "
          "brought to each, where there are 32 at most. Every panel has scales of its own. Where "
          "filters have scales of their own, values are in steps of these.",
          level_data(statistics), level_spec()};
}

/// A figure of weights and activations of each layer.
template <class Value>
Figure layers_figure(const StatisticsFile& statistics, Figure figure, const std::string& unit,
                     const std::string& axis, const Value& value) {
  const std::string weights = "weights_" + unit, activations = "activations_" + unit;
  figure.data = {{"index", "layer", weights, activations}, {}};
  for (const LayerStatistics& layer : statistics.layers) {
    std::vector<Json> row{figure.data.rows.size() + 1, layer.bits.name};
    for (const auto& [operand, member] : kOperands)
      row.push_back(layer.*member ? value(*(layer.*member)) : Json());
    figure.data.rows.push_back(std::move(row));
  }
  constexpr int kHeight = 140;
  const Json scales{{{"name", "y"},
                     {"domain", {{"data", "table"}, {"fields", {weights, activations}}}},
                     {"range", {kHeight, 0}},
                     {"zero", true},
                     {"nice", true}}};
  const Json marks{vega::layer_bar("weights", "0", "datum." + weights, 0, 0.5),
                   vega::layer_bar("activations", "0", "datum." + activations, 0.5, 1)};
  figure.spec = vega::layer_panels(kHeight, statistics.layers.size(), scales,
                                   Json::array({vega::axis("left", "y", axis)}), marks);
  vega::add_colors(figure.spec, {"weights", "activations"}, {"var(--c1)", "var(--c2)"});
  return figure;
}

}  // namespace

Section section_of(const StatisticsFile& s, const std::string& id) {
  Figure zeros{"zeros",
               "Pruned: values that are brought to 0",
               "Share of a layer's weights, and of the activations that it reads; those that were "
               "0 before are among them.",
               {},
               {}};
  Figure noise{"sqnr",
               "Signal to quantization noise",
               "10 log10(sum x^2 / sum (x - q)^2) of values x and their levels q. 6 dB are a bit.",
               {},
               {}};
  return {id,
          fmt::format("{} by {}: {:.1f} % of weights and {:.1f} % of activations are 0", s.network,
                      s.quantizer, zero_pct(s, &LayerStatistics::weights),
                      zero_pct(s, &LayerStatistics::activations)),
          {fmt::format("Levels of {} layer{} of {} by {}; activations on {} images of {}.",
                       s.layers.size(), s.layers.size() == 1 ? "" : "s", s.network, s.quantizer,
                       s.images, s.data)},
          {layers_figure(s, std::move(zeros), "zero_pct", "zeros (%)",
                         [](const OperandStatistics& of) { return Json(of.zero_pct); }),
           layers_figure(
               s, std::move(noise), "sqnr_db", "SQNR (dB)",
               [](const OperandStatistics& of) { return of.sqnr_db ? Json(*of.sqnr_db) : Json(); }),
           levels_figure(s)},
          {},
          nullptr};
}

}  // namespace bitloom::reports
