// What one step of each knob changes at a point: a panel for each objective, a row for each step.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/html/exploration_figures.h"
#include "reports/html/exploration_points.h"
#include "reports/html/figures.h"
#include "reports/html/vega.h"

namespace bitloom::reports {
namespace {

using vega::signal;

std::string change_column(const std::string& objective) { return objective + "_change_pct"; }

std::string step_text(const ExploredStore& store, const ExploredStep& step) {
  return fmt::format("{} {} → {}", store.found.knobs[step.knob], step.from, step.to);
}

Json cell_of(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

DataTable steps_data(const ExploredStore& store, const ChosenPoint& chosen) {
  DataTable data{{"step"}, {}};
  for (const std::string& objective : store.objectives)
    data.columns.push_back(change_column(objective));
  for (const std::string& objective : store.objectives)
    data.columns.push_back(objective + "_elasticity");
  for (const char* column : {"refused", "knob", "from", "to", "point", "costs"})
    data.columns.emplace_back(column);
  for (const ExploredStep& step : chosen.steps) {
    std::vector<Json> row{step_text(store, step)};
    for (std::size_t i = 0; i < store.objectives.size(); ++i) {
      const auto change = change_of(store, chosen, step, i);
      row.push_back(change ? Json(100 * *change) : Json());
    }
    for (std::size_t i = 0; i < store.objectives.size(); ++i)
      row.push_back(cell_of(elasticity_of(store, chosen, step, i)));
    row.insert(row.end(),
               {step.refusal.empty() ? Json() : Json(step.refusal), store.found.knobs[step.knob],
                setting_cell(step.from), setting_cell(step.to), step.point,
                step.is_stored ? "stored" : "priced for the report"});
    data.rows.push_back(std::move(row));
  }
  return data;
}

/// Up to how many per cent the panels reach: further changes are cut off, their figures told.
double reach_of(const DataTable& data, std::size_t objectives) {
  constexpr double kLeast = 1, kMost = 100;
  double reach = kLeast;
  for (const auto& row : data.rows)
    for (std::size_t i = 1; i <= objectives; ++i)
      if (!row[i].is_null()) reach = std::max(reach, std::abs(row[i].get<double>()));
  return std::min(kMost, reach);
}

Json bar_of(const std::string& column, bool more_better, double reach) {
  const std::string value = fmt::format("datum['{}']", column);
  const auto at = [](const std::string& expression) {
    return Json{{"scale", "x"}, {"signal", expression}};
  };
  return {{"type", "rect"},
          {"from", {{"data", "table"}}},
          {"encode",
           {{"update",
             {{"x", at("0")},
              {"x2", at(fmt::format("clamp({} || 0, {}, {})", value, -reach, reach))},
              {"y", {{"scale", "y"}, {"field", "step"}}},
              {"height", {{"scale", "y"}, {"band", 1}}},
              {"fill",
               {{"scale", "color"},
                {"signal",
                 fmt::format("{} {} 0 ? 'better' : 'worse'", value, more_better ? ">" : "<")}}},
              {"fillOpacity", {{"value", 0.85}}},
              {"tooltip", signal("datum")}}}}}};
}

/// The change in figures, on the side of zero where the bar is not.
Json figure_of(const std::string& column) {
  const std::string value = fmt::format("datum['{}']", column);
  return {{"type", "text"},
          {"from", {{"data", "table"}}},
          {"encode",
           {{"update",
             {{"x", {{"scale", "x"}, {"value", 0}}},
              {"dx", signal(value + " > 0 ? -5 : 5")},
              {"align", signal(value + " > 0 ? 'right' : 'left'")},
              {"y", {{"scale", "y"}, {"field", "step"}, {"band", 0.5}}},
              {"baseline", {{"value", "middle"}}},
              {"fill", signal("datum.refused ? 'var(--muted)' : 'var(--ink)'")},
              {"tooltip", signal("datum")},
              {"text", signal(fmt::format(
                           "datum.refused ? 'refused' : !isValid({0}) ? '–' : !{0} ? '0 %' : "
                           "format({0}, abs({0}) < 0.05 ? '+.2~g' : abs({0}) < 10 ? "
                           "'+.1f' : '+.0f') + ' %'",
                           value))}}}}}};
}

Json zero_line() {
  return {{"type", "rule"},
          {"encode",
           {{"update",
             {{"x", {{"scale", "x"}, {"value", 0}}},
              {"y", {{"value", 0}}},
              {"y2", {{"field", {{"group", "height"}}}}},
              {"stroke", {{"value", "var(--muted)"}}}}}}}};
}

Json panel_of(const ExploredStore& store, std::size_t objective, int height, double reach) {
  const std::string column = change_column(store.objectives[objective]);
  Json labels = vega::axis("left", "y", "");
  labels.erase("tickCount");
  labels.update({{"ticks", false}, {"grid", false}, {"labelLimit", 260}});
  Json per_cent = vega::axis("bottom", "x", "");
  per_cent.update({{"tickCount", 5}, {"grid", true}, {"format", "+f"}});
  Json axes = Json::array({per_cent});
  if (objective == 0) axes.push_back(labels);
  return {
      {"type", "group"},
      {"title",
       {{"text", store.objectives[objective] + " (% of change)"},
        {"frame", "group"},
        {"fontSize", 12},
        {"fontWeight", "normal"},
        {"color", "var(--ink)"}}},
      {"encode", {{"update", {{"width", signal("panel")}, {"height", {{"value", height}}}}}}},
      {"axes", axes},
      {"marks",
       {bar_of(column, more_is_better(store, objective), reach), zero_line(), figure_of(column)}}};
}

Json steps_spec(const ExploredStore& store, const DataTable& data) {
  constexpr int kRow = 20;
  const std::size_t objectives = store.objectives.size();
  const int height = kRow * static_cast<int>(std::max<std::size_t>(data.rows.size(), 1));
  Json spec = vega::base();
  std::size_t longest = 0;
  Json steps = Json::array();
  for (const auto& row : data.rows) {
    steps.push_back(row.front());
    longest = std::max(longest, row.front().get_ref<const std::string&>().size());
  }
  constexpr std::size_t kLetter = 6, kMostLabel = 260;  // pixels
  spec["signals"].push_back(
      {{"name", "panel"},
       {"update", fmt::format("max(110, (avail - {}) / {} - 16)",
                              std::min(kMostLabel, kLetter * longest) + 24, objectives)}});
  spec["layout"] = {{"columns", objectives}, {"padding", {{"column", 16}}}, {"align", "none"}};
  const double reach = reach_of(data, objectives);
  spec["scales"] = {{{"name", "x"},
                     {"type", "linear"},
                     {"domain", {-reach, reach}},
                     {"range", {0, signal("panel")}}},
                    {{"name", "y"},
                     {"type", "band"},
                     {"padding", 0.2},
                     {"domain", steps},
                     {"range", {0, height}}},
                    {{"name", "color"},
                     {"type", "ordinal"},
                     {"domain", {"better", "worse"}},
                     {"range", {"var(--c3)", "var(--c2)"}}}};
  for (std::size_t i = 0; i < objectives; ++i)
    spec["marks"].push_back(panel_of(store, i, height, reach));
  return spec;
}

}  // namespace

Figure steps_figure(const ExploredStore& store, const ChosenPoint& chosen) {
  const ExploredPoint& point = store.found.front[chosen.at];
  const std::string first = chosen.name.substr(0, chosen.name.find(','));
  std::string id = "steps_" + first.substr(0, first.find(" and "));
  std::replace(id.begin(), id.end(), ' ', '_');
  const auto stored = std::count_if(chosen.steps.begin(), chosen.steps.end(),
                                    [](const ExploredStep& step) { return step.is_stored; });
  const DataTable data = steps_data(store, chosen);
  const auto all = std::ssize(chosen.steps);
  std::string caption = fmt::format(
      "Point {}: {}. One knob one value up or down, all else as it is; green is better. {} The "
      "data have the elasticities: per cent of change for one per cent of the knob.",
      point.number, objectives_text(store, point),
      stored == all ? std::string("All steps are in the store.")
                    : fmt::format("{} of {} steps are in the store, the others were priced for "
                                  "this report.",
                                  stored, all));
  return {id, "Steps from here: " + chosen.name, caption, data, steps_spec(store, data)};
}

}  // namespace bitloom::reports
