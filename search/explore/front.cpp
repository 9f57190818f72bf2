#include "search/explore/front.h"

#include <algorithm>
#include <cmath>

namespace bitloom::search {

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    better = better || a[i] < b[i];
  }
  return better;
}

bool Front::add(Valued valued) {
  for (Valued& other : points_) {
    if (dominates(other.values, valued.values)) return false;
    if (other.values != valued.values) continue;
    if (other.point == valued.point) return true;
    ++other.equal;
    if (other.point < valued.point) return false;
    other.point = valued.point;
    return true;
  }
  std::erase_if(points_,
                [&](const Valued& other) { return dominates(valued.values, other.values); });
  points_.push_back(std::move(valued));
  return true;
}

std::vector<Valued> Front::points() const {
  std::vector<Valued> sorted = points_;
  std::sort(sorted.begin(), sorted.end(),
            [](const Valued& a, const Valued& b) { return a.point < b.point; });
  return sorted;
}

std::size_t knee_of(const std::vector<std::vector<double>>& front) {
  std::vector<double> least = front.front(), most = front.front();
  for (const std::vector<double>& values : front)
    for (std::size_t i = 0; i < values.size(); ++i) {
      least[i] = std::min(least[i], values[i]);
      most[i] = std::max(most[i], values[i]);
    }
  const auto distance = [&](const std::vector<double>& values) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (most[i] > least[i]) sum += std::pow((values[i] - least[i]) / (most[i] - least[i]), 2);
    return sum;
  };
  return static_cast<std::size_t>(
      std::min_element(front.begin(), front.end(),
                       [&](const auto& a, const auto& b) { return distance(a) < distance(b); }) -
      front.begin());
}

double hypervolume(std::vector<std::vector<double>> points, const std::vector<double>& reference) {
  const std::size_t objectives = reference.size();
  std::erase_if(points, [&](const std::vector<double>& point) {
    for (std::size_t i = 0; i < objectives; ++i)
      if (!(point[i] < reference[i])) return true;
    return false;
  });
  if (points.empty()) return 0;
  std::sort(points.begin(), points.end(),
            [](const auto& a, const auto& b) { return a.back() < b.back(); });
  if (objectives == 1) return reference[0] - points.front()[0];
  const std::vector<double> floor(reference.begin(), reference.end() - 1);
  double volume = 0;
  std::vector<std::vector<double>> below;  // without the last objective
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<double> flat(points[i].begin(), points[i].end() - 1);
    const bool adds = std::none_of(below.begin(), below.end(), [&](const auto& other) {
      return other == flat || dominates(other, flat);
    });
    if (adds) {
      std::erase_if(below, [&](const auto& other) { return dominates(flat, other); });
      below.push_back(std::move(flat));
    }
    const double top = i + 1 < points.size() ? points[i + 1].back() : reference.back();
    const double height = top - points[i].back();
    if (height > 0) volume += height * hypervolume(below, floor);
  }
  return volume;
}

}  // namespace bitloom::search
