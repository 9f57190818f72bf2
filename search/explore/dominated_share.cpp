#include "search/explore/dominated_share.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "base/random.h"
#include "search/explore/front.h"

namespace bitloom::search {
namespace {

using Points = std::vector<std::vector<double>>;

/// The points in the unit box, without the objectives whose ends are equal.
Points scaled(const Points& points, const std::vector<double>& least,
              const std::vector<double>& most) {
  Points result;
  for (const std::vector<double>& point : points) {
    result.emplace_back();
    for (std::size_t i = 0; i < point.size(); ++i)
      if (most[i] > least[i]) result.back().push_back((point[i] - least[i]) / (most[i] - least[i]));
  }
  return result;
}

/// The share of places, drawn evenly and always the same, that a point dominates.
double share_of_places(const Points& points) {
  constexpr int kPlaces = 4096;
  const std::size_t objectives = points.front().size();
  std::mt19937_64 random(1);
  std::vector<double> place(objectives);
  int dominated = 0;
  for (int i = 0; i < kPlaces; ++i) {
    for (double& coordinate : place) coordinate = draw_unit(random);
    dominated += std::any_of(points.begin(), points.end(), [&](const auto& point) {
      for (std::size_t o = 0; o < objectives; ++o)
        if (point[o] > place[o]) return false;
      return true;
    });
  }
  return static_cast<double>(dominated) / kPlaces;
}

}  // namespace

double dominated_share(const Points& points, const std::vector<double>& least,
                       const std::vector<double>& most) {
  if (points.empty()) return 0;
  Points box = scaled(points, least, most);
  const std::size_t objectives = box.front().size();
  return objectives == 0 ? 1 : hypervolume(std::move(box), std::vector<double>(objectives, 1.0));
}

QuickShare quick_dominated_share(const Points& points, const std::vector<double>& least,
                                 const std::vector<double>& most) {
  constexpr double kPieces = 3e5;  // that hypervolume() cuts the box into
  const auto count = static_cast<double>(points.size());
  const auto objectives = static_cast<double>(least.size());
  if (points.empty() || objectives <= 2 || std::pow(count, objectives - 1) <= kPieces)
    return {dominated_share(points, least, most), true};
  const Points box = scaled(points, least, most);
  if (box.front().size() <= 2) return {dominated_share(points, least, most), true};
  return {share_of_places(box), false};
}

}  // namespace bitloom::search
