#include "reports/html/spread_labels.h"

#include <algorithm>
#include <numeric>

namespace bitloom::reports {

std::vector<double> spread_labels(const std::vector<double>& wanted, double line, double least,
                                  double most) {
  std::vector<std::size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return wanted[a] < wanted[b]; });
  const double room = most - line * (static_cast<double>(wanted.size()) - 1);
  std::vector<double> heights(wanted.size());
  double next = least;
  double lowest = std::max(least, room);  // of a label with all that follow it below
  for (const std::size_t label : order) {
    heights[label] = std::min(std::max(wanted[label], next), lowest);
    next = heights[label] + line;
    lowest += line;
  }
  return heights;
}

}  // namespace bitloom::reports
