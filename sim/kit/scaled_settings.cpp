#include "sim/kit/scaled_settings.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace bitloom::sim {

std::vector<std::vector<std::string>> scaled_settings(const std::vector<Scaling>& table) {
  std::vector<std::vector<std::string>> all;
  for (const auto& [keys, factors] : table)
    for (const double factor : factors) {
      const bool is_whole = std::all_of(keys.begin(), keys.end(), [&](const KeyValue& each) {
        const double scaled = each.value * factor;
        return scaled >= 1 && std::floor(scaled) == scaled;
      });
      if (!is_whole) continue;
      std::vector<std::string>& settings = all.emplace_back();
      for (const KeyValue& each : keys)
        settings.push_back(fmt::format("{}={:.0f}", each.key, each.value * factor));
    }
  return all;
}

}  // namespace bitloom::sim
