#include "pipelines/explore/space.h"

#include <algorithm>

namespace bitloom::pipelines {

bool Space::chooses_bits() const {
  return std::any_of(networks.begin(), networks.end(),
                     [](const SpaceNetwork& network) { return network.optimal.has_value(); });
}

std::vector<std::string> Space::names() const {
  std::vector<std::string> names = fields;
  for (const Metric& metric : metrics) names.push_back(metric.column);
  return names;
}

std::vector<double> Space::objectives_of(const std::vector<double>& values) const {
  std::vector<double> wanted;
  for (const std::size_t metric : objectives)
    wanted.push_back(metrics[metric].more_is_better ? -values[metric] : values[metric]);
  return wanted;
}

}  // namespace bitloom::pipelines
