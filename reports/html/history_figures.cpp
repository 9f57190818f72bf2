// Figures over the episodes of a search.
#include <fmt/format.h>

#include "reports/html/figures.h"
#include "reports/html/vega.h"

namespace bitloom::reports {
namespace {

using vega::scale_of;
using vega::signal;

Json episode_plot(const std::string& y_title, const Json& y_fields) {
  Json spec = vega::plot(260);
  spec["scales"] = {{{"name", "x"},
                     {"domain", {{"data", "table"}, {"field", "episode"}}},
                     {"range", "width"},
                     {"zero", false}},
                    {{"name", "y"},
                     {"domain", {{"data", "table"}, {"fields", y_fields}}},
                     {"range", "height"},
                     {"zero", false},
                     {"nice", true}}};
  Json episodes = vega::axis("bottom", "x", "episode", "d");
  episodes["tickMinStep"] = 1;
  spec["axes"] = {episodes, vega::axis("left", "y", y_title)};
  return spec;
}

Json dots(const std::string& field, const std::string& color) {
  return {{"type", "symbol"},
          {"from", {{"data", "table"}}},
          {"encode",
           {{"update",
             {{"x", scale_of("x", "episode")},
              {"y", scale_of("y", field)},
              {"size", {{"value", 16}}},
              {"opacity", signal(fmt::format("isValid(datum['{}']) ? 0.6 : 0", field))},
              {"fill", {{"scale", "color"}, {"value", color}}},
              {"tooltip", signal("datum")}}}}}};
}

Json line(const std::string& data, const std::string& field, const Json& color) {
  return {{"type", "line"},
          {"from", {{"data", data}}},
          {"encode",
           {{"update",
             {{"x", scale_of("x", "episode")},
              {"y", scale_of("y", field)},
              {"defined", signal(fmt::format("isValid(datum['{}'])", field))},
              {"interpolate", {{"value", "step-after"}}},
              {"strokeWidth", {{"value", 2}}},
              {"stroke", color}}}}}};
}

/// As the log has it, else the best of the rewards within the budgets; null before there is one.
class BestSoFar {
 public:
  Json after(const Episode& episode) {
    if (episode.within_budget && (!best_ || episode.reward > *best_)) best_ = episode.reward;
    if (episode.best_reward) return *episode.best_reward;
    return best_ ? Json(*best_) : Json();
  }

 private:
  std::optional<double> best_;
};

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

}  // namespace

std::optional<Figure> history_figure(const Run& run) {
  if (run.episodes.empty()) return {};
  DataTable data{{"episode", "reward", "best_reward", "top1_pct", "noise"}, {}};
  BestSoFar best;
  for (const Episode& e : run.episodes)
    data.rows.push_back({e.number, e.reward, best.after(e), or_null(e.top1_pct), or_null(e.noise)});
  Figure figure{
      "history",
      "Search history",
      fmt::format("Reward of each of {} episodes, and the best so far.", data.rows.size()),
      data,
      {}};
  figure.spec = episode_plot("reward", {"reward", "best_reward"});
  vega::add_colors(figure.spec, {"episode", "best so far"}, {"var(--c5)", "var(--c2)"});
  figure.spec["marks"] = {
      dots("reward", "episode"),
      line("table", "best_reward", {{"scale", "color"}, {"value", "best so far"}})};
  return figure;
}

std::optional<Figure> cost_ratio_figure(const Run& run) {
  if (run.episodes.empty()) return {};
  DataTable data{{"episode"}, {}};
  std::vector<std::string> costs, columns, colors;
  for (const auto& [cost, limit] : run.limits)
    if (limit > 0 && run.episodes.front().costs.contains(cost)) {
      costs.push_back(cost);
      columns.push_back(cost + "_over_limit");
      colors.push_back(fmt::format("var(--c{})", costs.size()));
    }
  if (costs.empty()) return {};
  data.columns.insert(data.columns.end(), columns.begin(), columns.end());
  for (const Episode& episode : run.episodes) {
    std::vector<Json> row{episode.number};
    for (const std::string& cost : costs) {
      const auto found = episode.costs.find(cost);
      row.push_back(found == episode.costs.end() ? Json()
                                                 : Json(found->second / run.limits.at(cost)));
    }
    data.rows.push_back(std::move(row));
  }
  Figure figure{"cost_ratio",
                "Cost of each episode over its limit",
                "1 is the limit; policies above it do not keep the budget.",
                data,
                {}};
  figure.spec = episode_plot("cost / limit", columns);
  vega::add_colors(figure.spec, columns, colors);
  figure.spec["marks"] = {{{"type", "rule"},
                           {"clip", true},
                           {"encode",
                            {{"update",
                              {{"x", {{"value", 0}}},
                               {"x2", signal("width")},
                               {"y", {{"scale", "y"}, {"value", 1}}},
                               {"strokeDash", {{"value", {5, 4}}}}}}}}}};
  for (const std::string& column : columns) figure.spec["marks"].push_back(dots(column, column));
  return figure;
}

std::optional<Figure> best_rewards_figure(const std::vector<Run>& runs) {
  DataTable data{{"run", "episode", "best_reward"}, {}};
  std::vector<std::string> names, colors;
  for (const Run& run : runs) {
    if (run.episodes.empty()) continue;
    constexpr std::size_t kColors = 8;
    colors.push_back(fmt::format("var(--c{})", names.size() % kColors + 1));
    names.push_back(run.name);
    BestSoFar best;
    for (const Episode& episode : run.episodes)
      data.rows.push_back({run.name, episode.number, best.after(episode)});
  }
  if (names.size() < 2) return {};
  Figure figure{
      "best_rewards", "Search histories", "The best reward so far of each run.", data, {}};
  figure.spec = episode_plot("best reward", Json::array({"best_reward"}));
  vega::add_colors(figure.spec, names, colors);
  figure.spec["marks"] = {
      {{"type", "group"},
       {"from", {{"facet", {{"name", "series"}, {"data", "table"}, {"groupby", "run"}}}}},
       {"marks", Json::array({line("series", "best_reward", scale_of("color", "run"))})}}};
  return figure;
}

}  // namespace bitloom::reports
