#include "reports/resources.h"

#include <nlohmann/json.hpp>

namespace bitloom::reports {

std::string resource_key(const sim::Resource& resource) {
  std::string key = resource.name;
  for (char& c : key)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return key;
}

nlohmann::ordered_json resources_json(const std::vector<sim::Resource>& resources) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const sim::Resource& resource : resources) json[resource_key(resource)] = resource.amount;
  return json;
}

}  // namespace bitloom::reports
