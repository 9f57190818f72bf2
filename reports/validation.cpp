#include "reports/validation.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"

namespace bitloom::reports {

std::string validation_json(const Validation& result) {
  nlohmann::ordered_json json;
  json["store"] = result.store;
  json["engine"] = result.engine;
  json["validated_by"] = result.other;
  if (!result.technology.empty()) json["energy_technology"] = result.technology;
  json["points"] = nlohmann::ordered_json::array();
  for (const ValidatedPoint& point : result.points) {
    nlohmann::ordered_json row{
        {"point", point.number}, {"latency_ms", point.latency_ms}, {"energy_mj", point.energy_mj}};
    if (point.refusal.empty()) {
      row["validated_latency_ms"] = point.other_latency_ms;
      row["validated_energy_mj"] = point.other_energy_mj;
    } else {
      row["refusal"] = point.refusal;
    }
    json["points"].push_back(row);
  }
  constexpr int kIndent = 2;
  return bitloom::json_text(json, kIndent) + "\n";
}

std::string validation_csv(const Validation& result) {
  std::string text = "point,latency_ms,energy_mj,validated_latency_ms,validated_energy_mj\n";
  for (const ValidatedPoint& point : result.points) {
    text += fmt::format("{},{},{}", point.number, point.latency_ms, point.energy_mj);
    text += point.refusal.empty()
                ? fmt::format(",{},{}\n", point.other_latency_ms, point.other_energy_mj)
                : std::string(",,\n");
  }
  return text;
}

}  // namespace bitloom::reports
