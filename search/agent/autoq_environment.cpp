#include "search/agent/autoq_environment.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace bitloom::search {

AutoqEnvironment::AutoqEnvironment(const FilterSpace& space, const FilterDeviations& deviations)
    : space_(space), features_(layer_features(space.shapes())) {
  for (std::size_t unit = 0; unit < space.units().size(); ++unit) {
    most_bits_ =
        std::max({most_bits_, space.weight_bits(unit).back(), space.activation_bits(unit).back()});
    std::vector<std::size_t>& order = orders_.emplace_back();
    std::vector<double>& relative = deviations_.emplace_back();
    if (!space.is_by_filter(unit)) continue;
    const std::size_t layer = space.units()[unit].front();
    order.resize(static_cast<std::size_t>(space.shapes()[layer].out_channels));
    std::iota(order.begin(), order.end(), std::size_t{0});
    relative.resize(order.size(), 1);
    if (deviations.empty() || deviations[layer].empty()) continue;
    const std::vector<double>& of_filters = deviations[layer];
    ensure(of_filters.size() == order.size(), "each filter has a deviation");
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return of_filters[a] > of_filters[b]; });
    const double largest = of_filters[order.front()];
    for (std::size_t i = 0; i < order.size() && largest > 0; ++i)
      relative[i] = of_filters[order[i]] / largest;
  }
}

std::vector<float> AutoqEnvironment::high_state(std::size_t unit, bool is_weights,
                                                double previous_bits) const {
  const LayerFeatures& layer = features_[space_.units()[unit].front()];
  std::vector<float> state(layer.begin(), layer.end());
  state.push_back(static_cast<float>(previous_bits / most_bits_));
  state.push_back(is_weights ? 1 : 0);
  return state;
}

std::vector<float> AutoqEnvironment::low_state(std::size_t unit, double goal, std::size_t place,
                                               int previous, double sum) const {
  const LayerFeatures& layer = features_[space_.units()[unit].front()];
  const double count = static_cast<double>(orders_[unit].size());
  const double at = static_cast<double>(place);
  const double needed = (goal_bits(unit, goal) * count - sum) / (count - at);
  std::vector<float> state(layer.begin(), layer.end());
  for (const double each :
       {at / count, deviations_[unit][place], goal, place == 0 ? goal : goal_action(unit, previous),
        std::clamp(goal_action(unit, needed), 0.0, 1.0)})
    state.push_back(static_cast<float>(each));
  return state;
}

std::vector<std::vector<float>> AutoqEnvironment::low_states(std::size_t unit, double goal,
                                                             const std::vector<int>& bits) const {
  std::vector<std::vector<float>> states;
  double sum = 0;
  for (std::size_t place = 0; place < bits.size(); ++place) {
    states.push_back(low_state(unit, goal, place, place == 0 ? 0 : bits[place - 1], sum));
    sum += bits[place];
  }
  return states;
}

double AutoqEnvironment::goal_bits(std::size_t unit, double action) const {
  const std::vector<int>& bits = space_.weight_bits(unit);
  return bits.front() + action * (bits.back() - bits.front());
}

double AutoqEnvironment::goal_action(std::size_t unit, double bits) const {
  const std::vector<int>& widths = space_.weight_bits(unit);
  return (bits - widths.front()) / (widths.back() - widths.front());
}

int AutoqEnvironment::filter_bits(std::size_t unit, float action) const {
  const std::vector<int>& bits = space_.weight_bits(unit);
  return bits[static_cast<std::size_t>(level_of(action, bits.size()))];
}

}  // namespace bitloom::search
