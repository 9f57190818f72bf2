#include "search/solvers/labels.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <numeric>

namespace bitloom::search {
namespace {

/// Hears of labels by their first weight, then the second; says which no label before is as light
/// and as good as.
class Frontier {
 public:
  explicit Frontier(std::size_t limits) : limits_(limits) {}

  bool adds(const std::int64_t* weights, double objective) {
    return limits_ > 2 ? adds_to_last(weights, objective)
                       : adds_to_stairs(limits_ == 2 ? weights[1] : 0, objective);
  }

 private:
  bool adds_to_stairs(std::int64_t weight, double objective) {
    const auto above = stairs_.upper_bound(weight);
    if (above != stairs_.begin() && std::prev(above)->second <= objective) return false;
    auto worse = stairs_.lower_bound(weight);
    while (worse != stairs_.end() && worse->second >= objective) worse = stairs_.erase(worse);
    stairs_.emplace_hint(worse, weight, objective);
    return true;
  }

  bool adds_to_last(const std::int64_t* weights, double objective) {
    constexpr std::size_t kCompared = 64;
    for (const auto& [other, its] : last_)
      if (its <= objective && std::equal(other, other + limits_, weights, std::less_equal<>()))
        return false;
    if (last_.size() < kCompared)
      last_.emplace_back(weights, objective);
    else
      last_[next_++ % kCompared] = {weights, objective};
    return true;
  }

  std::size_t limits_, next_ = 0;
  std::map<std::int64_t, double> stairs_;  // the objective falls along the weight
  std::vector<std::pair<const std::int64_t*, double>> last_;
};

}  // namespace

Labels gathered(const Labels& from, const std::vector<std::uint32_t>& which, std::size_t limits) {
  Labels to;
  for (const std::uint32_t i : which) {
    to.objectives.push_back(from.objectives[i]);
    to.parents.push_back(from.parents[i]);
    to.options.push_back(from.options[i]);
    const auto weights = from.weights.begin() + static_cast<std::ptrdiff_t>(i * limits);
    to.weights.insert(to.weights.end(), weights, weights + static_cast<std::ptrdiff_t>(limits));
  }
  return to;
}

Labels undominated(const Labels& labels, std::size_t limits) {
  std::vector<std::uint32_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  const auto weights = [&](std::uint32_t i) { return labels.weights.data() + i * limits; };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    for (std::size_t k = 0; k < limits; ++k)
      if (weights(a)[k] != weights(b)[k]) return weights(a)[k] < weights(b)[k];
    return labels.objectives[a] != labels.objectives[b]
               ? labels.objectives[a] < labels.objectives[b]
               : a < b;
  });
  Frontier frontier(limits);
  std::erase_if(order,
                [&](std::uint32_t i) { return !frontier.adds(weights(i), labels.objectives[i]); });
  return gathered(labels, order, limits);
}

}  // namespace bitloom::search
