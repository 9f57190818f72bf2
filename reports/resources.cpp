#include "reports/resources.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace bitloom::reports {

std::string resource_key(const sim::Resource& resource) {
  std::string key = resource.name;
  for (char& c : key)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return key;
}

double told_amount(const sim::Resource& resource) {
  constexpr double kPerUnit = 1e3;
  return std::round(resource.amount * kPerUnit) / kPerUnit;
}

nlohmann::ordered_json resources_json(const std::vector<sim::Resource>& resources) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const sim::Resource& resource : resources)
    json[resource_key(resource)] = told_amount(resource);
  return json;
}

}  // namespace bitloom::reports
