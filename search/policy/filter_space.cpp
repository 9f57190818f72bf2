#include "search/policy/filter_space.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "search/problem/budget.h"

namespace bitloom::search {
namespace {

using graph::FilterBits;
using graph::FilterPolicy;

constexpr std::pair<std::string_view, BitsBy> kBitsBy[] = {
    {"filter", BitsBy::kFilter}, {"layer", BitsBy::kLayer}, {"network", BitsBy::kNetwork}};

std::vector<LayerBits> widths_of(const NetworkProblem& network) {
  std::vector<LayerBits> layers;
  for (const std::vector<graph::Precision>& precisions : network.precisions) {
    std::set<int> weights, activations;
    for (const graph::Precision bits : precisions) {
      weights.insert(bits.weight_bits);
      activations.insert(bits.activation_bits);
    }
    layers.push_back({{weights.begin(), weights.end()}, {activations.begin(), activations.end()}});
  }
  return layers;
}

void require_untied(const NetworkProblem& network) {
  if (network.problem.ties.empty()) return;
  const std::vector<std::size_t>& tie = network.problem.ties.front();
  throw UserError(fmt::format(
      "layers '{}' and '{}' choose alike, and autoq gives each layer bits of its own; haq would be "
      "right",
      network.layers[tie[0]].name, network.layers[tie[1]].name));
}

void add(std::vector<double>& sum, const std::vector<double>& more) {
  for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += more[k];
}

/// Those of `layers` together, ascending.
std::vector<int> all_of(const std::vector<std::size_t>& layers, const std::vector<LayerBits>& bits,
                        std::vector<int> LayerBits::*operand) {
  std::set<int> all;
  for (const std::size_t layer : layers)
    all.insert((bits[layer].*operand).begin(), (bits[layer].*operand).end());
  return {all.begin(), all.end()};
}

int most_bits(const FilterPolicy& policy, std::size_t layer) {
  return policy.layers[layer].weight_bits;
}

}  // namespace

BitsBy parse_bits_by(const std::string& text) {
  std::vector<std::string> known;
  for (const auto& [name, bits_by] : kBitsBy) {
    if (name == text) return bits_by;
    known.emplace_back(name);
  }
  throw unknown_name("choice", text, known);
}

std::string to_text(BitsBy bits_by) {
  const auto* found = std::find_if(std::begin(kBitsBy), std::end(kBitsBy),
                                   [&](const auto& each) { return each.second == bits_by; });
  return std::string(found->first);
}

FilterSpace::FilterSpace(const PolicySpace& whole, std::vector<Limit> limits, FilterCosts costs,
                         BitsBy bits_by, std::optional<std::size_t> least_cost)
    : whole_(whole),
      limits_(std::move(limits)),
      costs_(std::move(costs)),
      bits_by_(bits_by),
      least_cost_(least_cost),
      layers_(widths_of(whole.network())) {
  require_untied(whole.network());
  add_units(bits_by);
  refuge_ = find_refuge();
}

void FilterSpace::add_units(BitsBy bits_by) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].weight_bits.size() + layers_[i].activation_bits.size() < 3) continue;
    if (units_.empty() || bits_by != BitsBy::kNetwork) units_.emplace_back();
    units_.back().push_back(i);
  }
  for (const std::vector<std::size_t>& unit : units_) {
    weight_bits_.push_back(all_of(unit, layers_, &LayerBits::weight_bits));
    activation_bits_.push_back(all_of(unit, layers_, &LayerBits::activation_bits));
  }
}

FilterPolicy FilterSpace::find_refuge() const {
  const FilterPolicy least = lowest();
  if (keeps_limits(least)) return least;
  if (bits_by_ != BitsBy::kNetwork) {
    Levels levels = whole_.highest();
    whole_.lower_to_limits(levels, whole_.last_to_first());
    return {whole_.policy(levels)};
  }
  for (const int weights : weight_bits_.front())
    for (const int activations : activation_bits_.front()) {
      FilterPolicy policy = least;
      set_weight_bits(policy, 0, weights);
      set_activation_bits(policy, 0, activations);
      if (keeps_limits(policy)) return policy;
    }
  throw UserError("no policy with the same bits in all layers keeps the budgets");
}

bool FilterSpace::is_by_filter(std::size_t unit) const {
  const graph::LayerShape& layer = shapes()[units_[unit].front()];
  return bits_by_ == BitsBy::kFilter && layer.has_weights() && weight_bits_[unit].size() > 1 &&
         (layer.groups == 1 || layer.groups == layer.out_channels);
}

int FilterSpace::allowed(const std::vector<int>& bits, int wished) const {
  const auto above = std::upper_bound(bits.begin(), bits.end(), wished);
  return above == bits.begin() ? bits.front() : *std::prev(above);
}

FilterPolicy FilterSpace::lowest() const {
  FilterPolicy policy;
  for (const LayerBits& bits : layers_)
    policy.layers.push_back({bits.weight_bits.front(), bits.activation_bits.front()});
  return policy;
}

void FilterSpace::set_weight_bits(FilterPolicy& policy, std::size_t unit, int bits) const {
  for (const std::size_t layer : units_[unit]) {
    policy.layers[layer].weight_bits = allowed(layers_[layer].weight_bits, bits);
    if (policy.by_filter()) policy.filters[layer].clear();
  }
}

void FilterSpace::set_activation_bits(FilterPolicy& policy, std::size_t unit, int bits) const {
  for (const std::size_t layer : units_[unit])
    policy.layers[layer].activation_bits = allowed(layers_[layer].activation_bits, bits);
}

void FilterSpace::set_filters(FilterPolicy& policy, std::size_t layer, FilterBits bits) {
  const auto [least, most] = std::minmax_element(bits.begin(), bits.end());
  policy.layers[layer].weight_bits = *most;
  if (*least == *most) bits.clear();
  if (bits.empty() && !policy.by_filter()) return;
  policy.filters.resize(policy.layers.size());
  policy.filters[layer] = std::move(bits);
  // Policies that are alike are equal: none has filters that say nothing.
  if (std::all_of(policy.filters.begin(), policy.filters.end(),
                  [](const FilterBits& each) { return each.empty(); }))
    policy.filters.clear();
}

std::vector<double> FilterSpace::costs_of(const FilterPolicy& policy, std::size_t layer) const {
  return costs_.of(layer, policy.layers[layer], policy.of(layer));
}

std::vector<double> FilterSpace::costs(const FilterPolicy& policy) const {
  if (const auto& whole = whole_.network().whole) return whole->costs(policy);
  std::vector<double> sum(cost_kinds().size());
  for (std::size_t i = 0; i < policy.layers.size(); ++i) add(sum, costs_of(policy, i));
  return sum;
}

bool FilterSpace::keep(const std::vector<double>& costs) const {
  constexpr double kRounding = 1e-12;  // of the sums
  return std::all_of(limits_.begin(), limits_.end(), [&](const Limit& limit) {
    return costs[limit.cost] <= limit.value * (1 + kRounding);
  });
}

bool FilterSpace::lower_activations(FilterPolicy& policy, std::size_t unit) const {
  int most = 0;
  for (const std::size_t layer : units_[unit])
    most = std::max(most, policy.layers[layer].activation_bits);
  if (most == activation_bits_[unit].front()) return false;
  set_activation_bits(policy, unit, allowed(activation_bits_[unit], most - 1));
  return true;
}

bool FilterSpace::lower_weights(FilterPolicy& policy, std::size_t unit) const {
  int most = 0;
  for (const std::size_t layer : units_[unit]) most = std::max(most, most_bits(policy, layer));
  if (most == weight_bits_[unit].front()) return false;
  const std::size_t layer = units_[unit].front();
  FilterBits filters = policy.of(layer);
  int next = allowed(weight_bits_[unit], most - 1);
  if (filters.empty()) {
    set_weight_bits(policy, unit, next);
    return true;
  }
  next = weight_bits_[unit].front();
  for (const int bits : filters)
    if (bits < most) next = std::max(next, bits);
  for (int& bits : filters) bits = std::min(bits, next);
  set_filters(policy, layer, std::move(filters));
  return true;
}

/// A policy on its way down.
class FilterSpace::Descent {
 public:
  Descent(const FilterSpace& space, FilterPolicy& policy)
      : space_(space), policy_(policy), costs_(space.costs(policy)) {
    for (std::size_t i = 0; i < policy.layers.size(); ++i)
      of_layers_.push_back(space.costs_of(policy, i));
  }

  bool keeps_limits() const { return space_.keep(costs_); }

  /// Changes a unit as `change` does, which tells whether it can, where `accepts` the costs that
  /// come of it; whether it did.
  template <class Change, class Accepts>
  bool take(const Change& change, std::size_t unit, const Accepts& accepts) {
    FilterPolicy changed = policy_;
    if (!change(changed)) return false;
    std::vector<std::vector<double>> of_layers = of_layers_;
    for (const std::size_t layer : space_.units_[unit])
      of_layers[layer] = space_.costs_of(changed, layer);
    std::vector<double> costs = costs_with(changed, of_layers);
    if (!accepts(costs)) return false;
    policy_ = std::move(changed);
    of_layers_ = std::move(of_layers);
    costs_ = std::move(costs);
    return true;
  }

  /// Of a limit that is passed.
  bool saves(const std::vector<double>& costs) const {
    return std::any_of(space_.limits_.begin(), space_.limits_.end(), [&](const Limit& limit) {
      return costs_[limit.cost] > limit.value && costs[limit.cost] < costs_[limit.cost];
    });
  }

  /// Lets filters of a width join the next wider one while that saves.
  void join_wider(std::size_t unit) {
    const std::size_t layer = space_.units_[unit].front();
    const auto pays = [&](const std::vector<double>& costs) {
      const auto& least = space_.least_cost_;
      return saves(costs) || (least && costs[*least] < costs_[*least]);
    };
    for (bool joined = true; joined;) {
      const FilterBits& filters = policy_.of(layer);
      const std::set<int> widths(filters.begin(), filters.end());
      joined = false;
      for (auto width = widths.begin(); !joined && width != widths.end(); ++width)
        if (const auto wider = std::next(width); wider != widths.end())
          joined = take(
              [&](FilterPolicy& changed) {
                FilterBits bits = changed.of(layer);
                std::replace(bits.begin(), bits.end(), *width, *wider);
                set_filters(changed, layer, std::move(bits));
                return true;
              },
              unit, pays);
    }
  }

 private:
  std::vector<double> costs_with(const FilterPolicy& changed,
                                 const std::vector<std::vector<double>>& of_layers) const {
    if (space_.whole_.network().whole) return space_.costs(changed);
    std::vector<double> costs(costs_.size());
    for (const std::vector<double>& each : of_layers) add(costs, each);
    return costs;
  }

  const FilterSpace& space_;
  FilterPolicy& policy_;
  std::vector<double> costs_;
  std::vector<std::vector<double>> of_layers_;
};

void FilterSpace::lower_to_limits(FilterPolicy& policy) const {
  Descent descent(*this, policy);
  for (std::size_t unit = 0; unit < units_.size(); ++unit)
    if (is_by_filter(unit)) descent.join_wider(unit);
  bool any = false, lowered = true;
  while (lowered || any) {
    lowered = false;
    for (std::size_t unit = units_.size(); unit-- > 0;)
      for (const auto lower : {&FilterSpace::lower_activations, &FilterSpace::lower_weights}) {
        if (descent.keeps_limits()) return;
        const auto change = [&](FilterPolicy& changed) { return (this->*lower)(changed, unit); };
        const auto accepts = [&](const std::vector<double>& costs) {
          return any || descent.saves(costs);
        };
        lowered = descent.take(change, unit, accepts) || lowered;
      }
    any = !lowered && !any;
  }
  if (!descent.keeps_limits()) policy = refuge_;
}

}  // namespace bitloom::search
