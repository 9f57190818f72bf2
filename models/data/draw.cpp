#include "models/data/draw.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

#include "base/error.h"
#include "base/random.h"
#include "models/data/split.h"

namespace bitloom::data {
namespace {

using Indices = std::vector<std::int64_t>;

/// All indices in an order of which each beginning holds the classes in their proportions: image i
/// of the n of a class, in a random order, has its place at the share (i + 1/2) / n.
Indices balanced_order(const Dataset& images, std::uint64_t seed) {
  std::map<std::int64_t, Indices> classes;
  for (std::int64_t i = 0; i < images.size(); ++i) classes[images.label(i)].push_back(i);
  std::mt19937_64 random(seed);
  std::vector<std::pair<double, std::int64_t>> places;
  for (auto& [label, members] : classes) {
    shuffle(members, random);
    const auto count = static_cast<double>(members.size());
    for (std::size_t i = 0; i < members.size(); ++i)
      places.emplace_back((static_cast<double>(i) + 0.5) / count, members[i]);
  }
  std::sort(places.begin(), places.end());
  Indices order;
  for (const auto& [share, index] : places) order.push_back(index);
  return order;
}

}  // namespace

Drawn draw(const std::shared_ptr<const Dataset>& images, std::int64_t count, std::uint64_t seed) {
  ensure(count >= 0 && count <= images->size(), "a draw takes images that are there");
  Indices order(static_cast<std::size_t>(images->size()));
  if (images->is_in_random_order())
    std::iota(order.begin(), order.end(), std::int64_t{0});
  else
    order = balanced_order(*images, seed);
  const auto middle = order.begin() + count;
  std::sort(order.begin(), middle);
  std::sort(middle, order.end());
  return {std::make_shared<Subset>(images, Indices(order.begin(), middle)),
          std::make_shared<Subset>(images, Indices(middle, order.end()))};
}

}  // namespace bitloom::data
