#include "reports/results/costs.h"

#include <algorithm>

#include "base/error.h"

namespace bitloom::reports {

std::vector<Costs::Cost>::const_iterator Costs::find(const std::string& name) const {
  return std::find_if(costs_.begin(), costs_.end(),
                      [&](const Cost& cost) { return cost.first == name; });
}

double& Costs::operator[](const std::string& name) {
  const auto place = find(name) - costs_.begin();
  if (place == std::ssize(costs_)) costs_.emplace_back(name, 0);
  return costs_[static_cast<std::size_t>(place)].second;
}

double Costs::at(const std::string& name) const {
  const auto found = find(name);
  ensure(found != end(), "the cost is told");
  return found->second;
}

}  // namespace bitloom::reports
