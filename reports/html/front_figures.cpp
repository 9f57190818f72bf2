// Figures of policies in a plane: accuracy and Omega against cost.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/html/figures.h"
#include "reports/html/front_data.h"
#include "reports/html/runs_beside.h"
#include "reports/html/vega.h"

namespace bitloom::reports {
namespace {

using front::kCost, front::kLabel, front::kRole;
using vega::scale_of;
using vega::signal;

constexpr int kFrontHeight = 340;

/// What the axis of costs spans, and what lies beyond: labels and costs.
struct CostAxis {
  double from = 0, to = 0;
  std::map<std::string, double> beyond = {};
};

/// The axis spans what was found, the budgets and what lies near them. A policy that is further up
/// than all of these spread, as 8/8 is where budgets are small, would press them together.
CostAxis cost_axis(const DataTable& data, const std::set<double>& limits) {
  constexpr double kFar = 0.25, kNarrowest = 0.1;  // of the cost
  std::set<double> costs = limits;
  double last_kept = limits.empty() ? 0 : *limits.rbegin();
  for (const std::vector<Json>& row : data.rows) {
    if (row[kCost].is_null() || (row[kRole] != "policy" && row[kRole] != "found")) continue;
    const double cost = row[kCost].get<double>();
    costs.insert(cost);
    if (row[kRole] == "found") last_kept = std::max(last_kept, cost);
  }
  if (costs.empty()) return {};
  const auto ends_far_off = [&] {
    const double last = *costs.rbegin(), next = *std::next(costs.rbegin());
    return last > last_kept && last - next > std::max(next - *costs.begin(), kFar * next);
  };
  while (costs.size() > 1 && ends_far_off()) costs.erase(*costs.rbegin());
  const double from = *costs.begin(), to = *costs.rbegin();
  const double room = std::max(0.0, kNarrowest * to - (to - from)) / 2;
  CostAxis axis{from - room, to + room};
  for (const std::vector<Json>& row : data.rows)
    if (row[kRole] == "policy" && !row[kCost].is_null() && row[kCost].get<double>() > to)
      axis.beyond[row[kLabel].get<std::string>()] = row[kCost].get<double>();
  return axis;
}

/// ` Beyond the axis, dashed too: 8/8 at 1.729.`; empty where there is nothing.
std::string beyond_text(const CostAxis& axis) {
  std::vector<std::string> names;
  for (const auto& [label, cost] : axis.beyond)
    names.push_back(fmt::format("{} at {}", label, number_text(cost)));
  if (names.empty()) return "";
  return fmt::format(" Beyond the axis, dashed too: {}.", fmt::join(names, ", "));
}

/// The runs' limits of a cost, as lines up.
void add_limit_marks(Json& spec, const std::set<double>& limits) {
  for (const double limit : limits)
    spec["marks"].push_back({{"type", "rule"},
                             {"encode",
                              {{"update",
                                {{"x", {{"scale", "x"}, {"value", limit}}},
                                 {"y", {{"value", 0}}},
                                 {"y2", signal("height")},
                                 {"strokeDash", {{"value", {2, 3}}}},
                                 {"stroke", {{"value", "var(--ink)"}}}}}}}});
}

/// Lines through what runs of one machine found, before fine-tuning, on the same images.
void add_front_lines(Json& spec, const std::string& cost) {
  spec["data"].push_back(
      {{"name", "found"},
       {"source", "table"},
       {"transform",
        {{{"type", "filter"},
          {"expr", fmt::format("datum.role === 'found' && datum.stage === 'before fine-tuning' && "
                               "isValid(datum.{})",
                               cost)}},
         {{"type", "collect"}, {"sort", {{"field", cost}}}}}}});
  const Json line{{"type", "line"},
                  {"from", {{"data", "joined"}}},
                  {"encode",
                   {{"update",
                     {{"x", scale_of("x", cost)},
                      {"y", scale_of("y", "top1_pct")},
                      {"stroke", {{"value", "var(--muted)"}}},
                      {"strokeWidth", {{"value", 1}}}}}}}};
  const Json alike{
      {"name", "joined"}, {"data", "found"}, {"groupby", {"images", "hardware", "batch"}}};
  spec["marks"].push_back(
      {{"type", "group"}, {"from", {{"facet", alike}}}, {"marks", Json::array({line})}});
}

/// Names what lies beyond the axis at its end, on the lines across.
void add_names_beyond(Json& spec, const std::string& cost) {
  spec["marks"].push_back(
      {{"type", "text"},
       {"from", {{"data", "beyond"}}},
       {"encode",
        {{"update",
          {{"x", signal("width")},
           {"y", scale_of("y", "top1_pct")},
           {"dy", {{"value", 12}}},
           {"align", {{"value", "right"}}},
           {"text", signal(fmt::format("datum.label + ' at ' + format(datum.{}, '.4~r') + ' →'",
                                       cost))}}}}}});
}

/// Points where they lie; what is there to compare with, and what lies beyond the axis, as lines
/// across.
void add_front_marks(Json& spec, const std::string& cost, const CostAxis& axis) {
  const auto only = [](const char* name, const std::string& test) {
    return Json{
        {"name", name}, {"source", "table"}, {"transform", {{{"type", "filter"}, {"expr", test}}}}};
  };
  spec["data"][0]["transform"] = {
      {{"type", "formula"}, {"as", "low"}, {"expr", "datum.top1_pct - datum.top1_stderr_pct"}},
      {{"type", "formula"}, {"as", "high"}, {"expr", "datum.top1_pct + datum.top1_stderr_pct"}}};
  const std::string priced = fmt::format("isValid(datum.{}) && datum.role !== 'reference'", cost);
  spec["data"].push_back(only("episodes", "datum.stage === 'episode'"));
  const std::string near = fmt::format("datum.{} <= {}", cost, axis.to);
  const auto measured = [&](const std::string& and_that) {
    return fmt::format("datum.stage !== 'episode' && {} && {}", priced, and_that);
  };
  spec["data"].push_back(only("measured", measured(near)));
  spec["data"].push_back(only("candidates", "datum.stage !== 'episode'"));
  spec["data"].push_back(only("beyond", measured("!(" + near + ")")));
  spec["data"].push_back(
      only("across", fmt::format("!({}) || {}", priced, measured("!(" + near + ")"))));
  spec["marks"].push_back({{"type", "symbol"},
                           {"from", {{"data", "episodes"}}},
                           {"clip", true},
                           {"encode",
                            {{"update",
                              {{"x", scale_of("x", cost)},
                               {"y", scale_of("y", "top1_pct")},
                               {"size", {{"value", 20}}},
                               {"shape", {{"value", "cross"}}},
                               {"fill", {{"value", "var(--muted)"}}},
                               {"fillOpacity", {{"value", 0.45}}},
                               {"tooltip", signal("datum")}}}}}});
  spec["marks"].push_back({{"type", "rule"},
                           {"from", {{"data", "across"}}},
                           {"encode",
                            {{"update",
                              {{"x", {{"value", 0}}},
                               {"x2", signal("width")},
                               {"y", scale_of("y", "top1_pct")},
                               {"strokeDash", {{"value", {5, 4}}}},
                               {"stroke", scale_of("color", "label")},
                               {"tooltip", signal("datum")}}}}}});
  Json bars = vega::error_bar("measured", scale_of("x", cost), "y", "low", "high");
  bars["encode"]["update"]["opacity"] = signal("isValid(datum.top1_stderr_pct) ? 1 : 0");
  bars["encode"]["update"]["stroke"] = scale_of("color", "label");
  spec["marks"].push_back(bars);
  Json points = vega::point(cost, "top1_pct", "label", "datum.stage === 'after fine-tuning'");
  points["from"]["data"] = "measured";
  points["encode"]["update"]["shape"] = scale_of("shape", "label");
  spec["marks"].push_back(points);
  constexpr std::size_t kMostNamed = 2;  // more would lie on one another; the caption has them
  if (axis.beyond.size() <= kMostNamed) add_names_beyond(spec, cost);
}

/// What the points and lines are, without what lies beyond the axis.
std::string front_caption(const std::vector<Run>& runs, const std::string& cost,
                          const std::set<double>& limits) {
  const bool is_one_machine = share_machine(runs);
  const bool scored_alike = std::all_of(runs.begin(), runs.end(), [&](const Run& run) {
    return run.final_data == runs.front().final_data;
  });
  std::string text = fmt::format(
      "Top-1 accuracy against {}, on the images of the final figure. Hollow: before fine-tuning; "
      "filled: after; bars: one standard error; dashed: references at any cost.",
      cost);
  if (!limits.empty()) text += limits.size() > 1 ? " Dotted: the budgets." : " Dotted: the budget.";
  if (!is_one_machine) text += " Budgets of different hardware or batches are not drawn.";
  if (runs.size() > 1 && !(scored_alike && is_one_machine))
    text += " A line joins what runs found on the same machine and images alone.";
  return text;
}

}  // namespace

std::optional<Figure> front_figure(const std::vector<Run>& runs) {
  if (runs.empty()) return {};
  const std::string asked = main_cost(runs.front());
  const bool of_image = !share_batch(runs), is_one_machine = share_machine(runs);
  const std::string cost = of_image ? column_of_image(asked) : asked;
  std::string cost_title = with_unit(cost);
  std::replace(cost_title.begin(), cost_title.end(), '_', ' ');
  DataTable data = front::policies(runs, asked);
  if (data.rows.empty()) return {};
  std::vector<std::string> labels;
  for (const auto& row : data.rows) {
    const auto label = row[kLabel].get<std::string>();
    if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
  }
  const bool has_episodes = runs.size() == 1 && front::add_episodes(runs.front(), asked, data);
  std::set<double> limits;
  for (const Run& run : runs)
    if (is_one_machine && run.limits.contains(asked)) limits.insert(run.limits.at(asked));
  const CostAxis axis = cost_axis(data, limits);
  Figure figure{runs.size() > 1 ? "fronts" : "front",
                "Accuracy against cost",
                front_caption(runs, cost_title, limits) + beyond_text(axis) +
                    (has_episodes ? " Grey crosses: episodes of the search near enough, on the "
                                    "search's own images."
                                  : ""),
                data,
                {}};
  Json spec = vega::plot(kFrontHeight);
  spec["scales"] = {
      vega::scale("x", "linear", {axis.from, axis.to}, "width"),
      vega::scale("y", "linear", {{"data", "candidates"}, {"fields", {"low", "high"}}}, "height")};
  spec["axes"] = {vega::axis("bottom", "x", cost_title),
                  vega::axis("left", "y", "top-1 accuracy (%)")};
  vega::add_entries(spec, labels);
  add_limit_marks(spec, limits);
  if (runs.size() > 1) add_front_lines(spec, cost);
  add_front_marks(spec, cost, axis);
  figure.spec = std::move(spec);
  return figure;
}

std::optional<Figure> frontier_figure(const Run& run) {
  const std::string cost = main_cost(run);
  DataTable data{{"policy", cost, "omega"}, {}};
  const auto add = [&](const char* policy, const auto& point) {
    if (point.costs.contains(cost) && point.omega > 0)
      data.rows.push_back({policy, point.costs.at(cost), point.omega});
  };
  for (const FrontierPoint& point : run.frontier) add("frontier", point);
  if (data.rows.empty()) return {};
  if (run.solved) add("found", *run.solved);
  Figure figure{"frontier",
                "Omega against cost",
                fmt::format("The least Omega (expected loss of accuracy, from sensitivities) at "
                            "each {}; each point is a policy.",
                            with_unit(cost)),
                data,
                {}};
  Json spec = vega::plot(kFrontHeight);
  spec["scales"] = {vega::scale("x", "linear", {{"data", "table"}, {"field", cost}}, "width"),
                    vega::scale("y", "log", {{"data", "table"}, {"field", "omega"}}, "height")};
  spec["axes"] = {vega::axis("bottom", "x", with_unit(cost)),
                  vega::axis("left", "y", "Omega (loss)", ".0e")};
  vega::add_colors(spec, {"frontier", "found"}, {"var(--c1)", "var(--c2)"});
  spec["marks"] = Json::array({vega::point(cost, "omega", "policy", "datum.policy === 'found'")});
  figure.spec = std::move(spec);
  return figure;
}

}  // namespace bitloom::reports
