#include "reports/html/vega.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace bitloom::reports::vega {
namespace {

constexpr std::size_t kColors = 8;  // of the theme

Json config() {
  const Json ink = "var(--ink)", muted = "var(--muted)", grid = "var(--grid)";
  const char* font = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
  return {{"axis",
           {{"labelColor", muted},
            {"titleColor", ink},
            {"domainColor", muted},
            {"tickColor", muted},
            {"gridColor", grid},
            {"labelFont", font},
            {"titleFont", font},
            {"labelFontSize", 11},
            {"titleFontSize", 12},
            {"titleFontWeight", "normal"},
            {"tickSize", 4},
            {"titlePadding", 8}}},
          {"legend",
           {{"labelColor", ink},
            {"titleColor", muted},
            {"labelFont", font},
            {"titleFont", font},
            {"labelFontSize", 12},
            {"titleFontWeight", "normal"},
            {"symbolSize", 90},
            {"columnPadding", 16}}},
          {"text", {{"fill", ink}, {"font", font}, {"fontSize", 11}}},
          {"rule", {{"stroke", ink}}}};
}

}  // namespace

Json signal(const std::string& expression) { return {{"signal", expression}}; }

Json scale_of(const std::string& scale, const std::string& field) {
  return {{"scale", scale}, {"field", field}};
}

Json scale(const char* name, const char* type, const Json& domain, const char* range) {
  return {{"name", name},   {"type", type},  {"domain", domain},
          {"range", range}, {"zero", false}, {"nice", type == std::string("linear")}};
}

Json point(const std::string& x, const std::string& y, const std::string& color_field,
           const std::string& filled) {
  return {{"type", "symbol"},
          {"from", {{"data", "table"}}},
          {"encode",
           {{"update",
             {{"x", scale_of("x", x)},
              {"y", scale_of("y", y)},
              {"size", {{"value", 64}}},
              {"strokeWidth", {{"value", 1.6}}},
              {"stroke", scale_of("color", color_field)},
              {"fill", scale_of("color", color_field)},
              {"fillOpacity", signal(filled + " ? 0.85 : 0")},
              {"tooltip", signal("datum")}}}}}};
}

std::vector<std::string> colors_of(std::size_t names) {
  std::vector<std::string> colors;
  for (std::size_t i = 0; i < names; ++i)
    colors.push_back(fmt::format("var(--c{})", i % kColors + 1));
  return colors;
}

Json base() {
  return {{"data", {{{"name", "table"}}}},
          {"signals", {{{"name", "avail"}, {"value", 900}}}},
          {"padding", 4},
          {"scales", Json::array()},
          {"axes", Json::array()},
          {"legends", Json::array()},
          {"marks", Json::array()},
          {"config", config()}};
}

Json plot(int height) {
  Json spec = base();
  spec["autosize"] = {{"type", "fit-x"}, {"contains", "padding"}};
  spec["height"] = height;
  spec["signals"].push_back({{"name", "width"}, {"update", "max(240, avail)"}});
  return spec;
}

Json layer_bar(const std::string& color, const std::string& bottom, const std::string& top,
               double from, double to, double opacity) {
  const auto edge = [](double at) {
    return Json{{"scale", "x"}, {"field", "index"}, {"band", at}};
  };
  const auto level = [](const std::string& expression) {
    return signal("scale('y', " + expression + ")");
  };
  return {{"type", "rect"},
          {"from", {{"data", "panel"}}},
          {"encode",
           {{"update",
             {{"x", edge(from)},
              {"x2", edge(to)},
              {"y", level(top)},
              {"y2", level(bottom)},
              {"fill", {{"scale", "color"}, {"value", color}}},
              {"fillOpacity", {{"value", opacity}}},
              {"tooltip", signal("datum")}}}}}};
}

Json axis(const std::string& orient, const std::string& scale, const std::string& title,
          const std::string& format) {
  Json result{{"orient", orient}, {"scale", scale}, {"title", title}, {"labelOverlap", true}};
  if (!format.empty()) result["format"] = format;
  if (orient == "left") result.update({{"grid", true}, {"tickCount", 5}, {"domain", false}});
  if (orient == "bottom") result["tickCount"] = signal("max(3, min(10, avail / 90))");
  return result;
}

Json layer_panels(int height, std::size_t layers, const Json& scales, const Json& axes,
                  const Json& marks) {
  Json spec = base();
  const auto add_signal = [&](const char* name, const std::string& update) {
    spec["signals"].push_back({{"name", name}, {"update", update}});
  };
  const std::size_t count = std::max<std::size_t>(layers, 1);
  add_signal("room", "max(160, avail - 76)");
  add_signal("rows", fmt::format("ceil({} / floor(room / 17))", count));
  add_signal("per_row", fmt::format("ceil({} / rows)", count));
  add_signal("step", "min(54, room / per_row)");
  spec["layout"] = {{"columns", 1}, {"padding", {{"row", 18}}}};
  spec["data"][0]["transform"] = {
      {{"type", "formula"}, {"as", "panel"}, {"expr", "floor((datum.index - 1) / per_row)"}},
      {{"type", "formula"},
       {"as", "short"},
       {"expr",
        "length(datum.layer) > 18 ? replace(datum.layer, regexp('([A-Za-z]{4})[A-Za-z]+', 'g'), "
        "'$1') "
        ": datum.layer"}}};
  spec["scales"] = scales;
  Json x_axis{{"orient", "bottom"},        {"scale", "x"},
              {"labelAngle", -60},         {"labelAlign", "right"},
              {"labelBaseline", "middle"}, {"labelLimit", 165},
              {"domain", false},           {"ticks", false}};
  x_axis["encode"]["labels"]["update"]["text"] =
      signal("(data('table')[datum.value - 1] || {short: ''}).short");
  Json all_axes = axes;
  all_axes.push_back(x_axis);
  spec["marks"] = {
      {{"type", "group"},
       {"from", {{"facet", {{"name", "panel"}, {"data", "table"}, {"groupby", "panel"}}}}},
       {"sort", {{"field", "datum.panel"}}},
       {"encode",
        {{"update", {{"width", signal("per_row * step")}, {"height", {{"value", height}}}}}}},
       {"scales",
        {{{"name", "x"},
          {"type", "band"},
          {"padding", 0.16},
          {"domain", {{"data", "panel"}, {"field", "index"}, {"sort", true}}},
          {"range", {{"step", signal("step")}}}}}},
       {"axes", all_axes},
       {"marks", marks}}};
  return spec;
}

void add_colors(Json& spec, const std::vector<std::string>& names,
                const std::vector<std::string>& colors) {
  spec["scales"].push_back(
      {{"name", "color"}, {"type", "ordinal"}, {"domain", names}, {"range", colors}});
  spec["legends"].push_back({{"fill", "color"},
                             {"orient", "top"},
                             {"direction", "horizontal"},
                             {"columns", signal("avail < 560 ? 2 : 6")},
                             {"labelLimit", signal("avail < 560 ? 140 : 260")}});
}

void add_entries(Json& spec, const std::vector<std::string>& names) {
  constexpr const char* kShapes[] = {"circle", "square",        "triangle-up",   "diamond",
                                     "cross",  "triangle-down", "triangle-left", "triangle-right"};
  const std::vector<std::string> colors = colors_of(names.size());
  std::vector<std::string> shapes;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    shapes.emplace_back(kShapes[i / kColors % std::size(kShapes)]);
    longest = std::max(longest, names[i].size());
  }
  add_colors(spec, names, colors);
  spec["scales"].push_back(
      {{"name", "shape"}, {"type", "ordinal"}, {"domain", names}, {"range", shapes}});
  constexpr double kCharacter = 6.6, kSymbol = 40;  // pixels
  Json& legend = spec["legends"].back();
  legend["shape"] = "shape";
  legend["columns"] = signal(fmt::format("max(1, min(6, floor(avail / {})))",
                                         kSymbol + kCharacter * static_cast<double>(longest)));
  legend["labelLimit"] = signal("avail - 60");
}

void add_names(Json& spec, const Json& points) {
  spec["data"].push_back({{"name", "named"}, {"values", points}});
  spec["marks"].push_back({{"type", "text"},
                           {"from", {{"data", "named"}}},
                           {"encode",
                            {{"update",
                              {{"x", scale_of("x", "x")},
                               {"y", scale_of("y", "y")},
                               {"dy", {{"value", 14}}},
                               {"align", {{"value", "center"}}},
                               {"fontSize", {{"value", 11}}},
                               {"fill", {{"value", "var(--muted)"}}},
                               {"text", {{"field", "name"}}}}}}}});
}

Json error_bar(const std::string& data, const Json& x, const std::string& y_scale,
               const std::string& low, const std::string& high) {
  return {{"type", "rule"},
          {"from", {{"data", data}}},
          {"encode",
           {{"update",
             {{"x", x},
              {"y", scale_of(y_scale, low)},
              {"y2", scale_of(y_scale, high)},
              {"strokeWidth", {{"value", 1.2}}}}}}}};
}

}  // namespace bitloom::reports::vega
