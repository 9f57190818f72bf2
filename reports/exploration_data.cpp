#include "reports/exploration_data.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/csv_parser.h"
#include "base/json.h"
#include "base/numbers.h"

namespace bitloom::reports {
namespace {

using ExplorationJson = nlohmann::ordered_json;

ExplorationJson json_of_setting(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  if (const auto whole = parse_integer(text)) return *whole;
  if (const auto real = parse_real(text)) return *real;
  return text;
}

ExplorationJson json_of_explored(const Exploration& result, const ExploredPoint& point) {
  ExplorationJson json;
  json["point"] = point.number;
  for (std::size_t i = 0; i < result.knobs.size(); ++i)
    json["settings"][result.knobs[i]] = json_of_setting(point.values[i]);
  for (std::size_t i = 0; i < result.metrics.size(); ++i)
    json[result.metrics[i].column] = point.metrics[i];
  return json;
}

}  // namespace

std::string exploration_json(const Exploration& result) {
  ExplorationJson json;
  json["store"] = result.store;
  json["space"] = result.space;
  constexpr double kMostWhole = 9007199254740992;  // 2^53
  if (result.space_points < kMostWhole)
    json["space_points"] = static_cast<std::int64_t>(result.space_points);
  else
    json["space_points"] = result.space_points;
  if (!result.technology.empty()) json["energy_technology"] = result.technology;
  json["points"] = result.points;
  json["feasible"] = result.feasible;
  json["refusals"] = ExplorationJson::array();
  for (const Refusals& refusals : result.refusals)
    json["refusals"].push_back({{"reason", refusals.reason}, {"points", refusals.count}});
  json["objectives"] = ExplorationJson::array();
  for (const ExploredMetric& metric : result.metrics)
    if (metric.is_objective)
      json["objectives"].push_back(
          {{"column", metric.column}, {"better", metric.more_is_better ? "more" : "less"}});
  if (result.where) {
    json["where"] = *result.where;
    json["matching"] = result.matching;
  }
  json["equal_to_front"] = result.equal;
  json["front"] = ExplorationJson::array();
  for (const ExploredPoint& point : result.front)
    json["front"].push_back(json_of_explored(result, point));
  constexpr int kIndent = 2;
  return bitloom::json_text(json, kIndent) + "\n";
}

std::string exploration_csv(const Exploration& result) {
  std::string text = "point";
  for (const std::string& knob : result.knobs) text += "," + csv_cell(knob);
  for (const ExploredMetric& metric : result.metrics) text += "," + csv_cell(metric.column);
  text += "\n";
  for (const ExploredPoint& point : result.front) {
    text += std::to_string(point.number);
    for (const std::string& value : point.values) text += "," + csv_cell(value);
    for (const double metric : point.metrics)
      text += std::isnan(metric) ? "," : fmt::format(",{}", metric);
    text += "\n";
  }
  return text;
}

}  // namespace bitloom::reports
