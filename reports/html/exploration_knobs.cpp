// Knobs along the front: a band for each, a column for each point.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "reports/html/exploration_figures.h"
#include "reports/html/exploration_points.h"
#include "reports/html/vega.h"

namespace bitloom::reports {
namespace {

using vega::signal;

/// The values that a band shows, the last at its top: all, or of many those on the front.
Json band_values(const ExploredStore& store, std::size_t knob) {
  constexpr std::size_t kMany = 16;
  std::set<std::string> used;
  for (const ExploredPoint& point : store.found.front) used.insert(point.values[knob]);
  const std::vector<std::string>& all = store.knob_values[knob];
  Json values = Json::array();
  for (const std::string& value : all)
    if (all.size() <= kMany || used.count(value) > 0) values.push_back(setting_cell(value));
  return values;
}

/// `datum['array.dm']`: a field whose name has dots, as scales take it.
Json field_named(const std::string& scale, const std::string& column) {
  return {{"scale", scale}, {"signal", fmt::format("datum['{}']", column)}};
}

Json band(const ExploredStore& store, std::size_t knob) {
  constexpr int kRow = 13, kLeast = 30, kMost = 170;
  const std::string& key = store.found.knobs[knob];
  const Json values = band_values(store, knob);
  const int height = std::clamp(kRow * static_cast<int>(values.size()), kLeast, kMost);
  Json axis = vega::axis("left", "y", "");
  axis.erase("tickCount");
  axis.update({{"ticks", false}, {"grid", true}, {"labelLimit", 120}});
  axis["bandPosition"] = 0.5;
  return {{"type", "group"},
          {"title",
           {{"text", key},
            {"anchor", "start"},
            {"frame", "group"},
            {"fontSize", 12},
            {"fontWeight", "normal"},
            {"offset", 4},
            {"color", "var(--ink)"}}},
          {"encode", {{"update", {{"width", signal("room")}, {"height", {{"value", height}}}}}}},
          {"scales",
           {{{"name", "y"},
             {"type", "band"},
             {"padding", 0.15},
             {"domain", values},
             {"range", {height, 0}}}}},
          {"axes", Json::array({axis})},
          {"marks",
           {{{"type", "rect"},
             {"from", {{"data", "table"}}},
             {"encode",
              {{"update",
                {{"x", {{"scale", "x"}, {"field", "place"}}},
                 {"width", {{"scale", "x"}, {"band", 1}}},
                 {"y", field_named("y", key)},
                 {"height", {{"scale", "y"}, {"band", 1}}},
                 {"fill", signal("datum.which ? 'var(--c2)' : 'var(--c1)'")},
                 {"tooltip", signal("datum")}}}}}}}}};
}

DataTable knobs_data(const ExploredStore& store) {
  DataTable data{{"place", "point", "which"}, {}};
  for (std::size_t i = 0; i < store.objectives.size(); ++i)
    data.columns.push_back(objective_column(store, i));
  std::vector<std::size_t> knobs = varying_knobs(store);
  const std::vector<std::size_t> constant = constant_knobs(store);
  knobs.insert(knobs.end(), constant.begin(), constant.end());
  for (const std::size_t knob : knobs) data.columns.push_back(store.found.knobs[knob]);
  for (const std::size_t at : shown_front(store)) {
    const ExploredPoint& point = store.found.front[at];
    std::vector<Json> row{data.rows.size() + 1, point.number, chosen_name(store, at)};
    for (std::size_t i = 0; i < store.objectives.size(); ++i)
      row.push_back(objective_value(store, point, i));
    for (const std::size_t knob : knobs) row.push_back(setting_cell(point.values[knob]));
    data.rows.push_back(std::move(row));
  }
  return data;
}

Json knobs_spec(const ExploredStore& store, const DataTable& data) {
  Json spec = vega::base();
  spec["signals"].push_back({{"name", "room"}, {"update", "max(200, avail - 90)"}});
  spec["layout"] = {{"columns", 1}, {"padding", {{"row", 14}}}};
  Json places = Json::array();
  for (const auto& row : data.rows) places.push_back(row.front());
  spec["scales"].push_back(
      {{"name", "x"}, {"type", "band"}, {"domain", places}, {"range", {0, signal("room")}}});
  for (const std::size_t knob : varying_knobs(store)) spec["marks"].push_back(band(store, knob));
  return spec;
}

}  // namespace

std::optional<Figure> knobs_figure(const ExploredStore& store) {
  if (varying_knobs(store).empty()) return {};
  const std::vector<std::size_t> constant = constant_knobs(store);
  std::string caption = fmt::format(
      "The value of each knob at each point of the front, from {} {} on the left to the {} on the "
      "right; in another colour where objectives are at their best and at the knee.",
      more_is_better(store, 0) ? "most" : "least", store.objectives.front(),
      more_is_better(store, 0) ? "least" : "most");
  if (!constant.empty())
    caption += fmt::format(" All points have {}.",
                           settings_text(store, store.found.front.front(), constant));
  const DataTable data = knobs_data(store);
  Figure figure{"knobs", "Knobs along the front", caption, data, knobs_spec(store, data)};
  figure.is_listed = false;
  return figure;
}

}  // namespace bitloom::reports
