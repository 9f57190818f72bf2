#include "search/policy/hawq.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "search/measure/sensitivity_methods.h"

namespace bitloom::search {
namespace {

/// How far a width is from the one wished; of two as near the larger is nearer.
struct Distance {
  double off;
  int less_bits;
  auto operator<=>(const Distance&) const = default;
};

Distance distance(int bits, double wished) {
  return {std::isinf(wished) ? bits : std::abs(bits - wished), -bits};
}

/// The index of the precision nearest to `wished`.
std::size_t nearest(const std::vector<graph::Precision>& precisions, double wished) {
  const auto by_distance = [&](const graph::Precision& a, const graph::Precision& b) {
    const auto key = [&](const graph::Precision& p) {
      return std::pair(distance(p.weight_bits, wished), distance(p.activation_bits, wished));
    };
    return key(a) < key(b);
  };
  return static_cast<std::size_t>(
      std::min_element(precisions.begin(), precisions.end(), by_distance) - precisions.begin());
}

/// log4(S) of each layer, of tied ones the largest; minus infinity where S is not positive.
std::vector<double> logarithms(const NetworkProblem& network) {
  const std::vector<double> ranking = hawq_ranking(network);
  std::vector<double> logs(ranking.size());
  for (const auto& group : groups_of(network.problem)) {
    double most = 0;
    for (const std::size_t layer : group) most = std::max(most, ranking[layer]);
    for (const std::size_t layer : group) logs[layer] = std::log2(most) / 2;
  }
  return logs;
}

/// Values of c at which a layer's bits change, and one at which all have their most, descending.
std::vector<double> steps_of(const NetworkProblem& network, const std::vector<double>& logs) {
  std::set<double, std::greater<>> steps{-std::numeric_limits<double>::infinity()};
  for (std::size_t i = 0; i < logs.size(); ++i) {
    if (std::isinf(logs[i])) continue;
    std::set<int> weights, activations;
    for (const graph::Precision& precision : network.precisions[i]) {
      weights.insert(precision.weight_bits);
      activations.insert(precision.activation_bits);
    }
    for (const std::set<int>& widths : {weights, activations})
      for (auto width = widths.begin(); std::next(width) != widths.end(); ++width)
        // A little above where both are as near, as rounding may fall on either side.
        steps.insert((*width + *std::next(width)) / 2.0 - logs[i] + 1e-9);
  }
  return {steps.begin(), steps.end()};
}

}  // namespace

std::vector<double> hawq_ranking(const NetworkProblem& network) {
  std::vector<double> ranking;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const LayerSensitivity& layer = network.sensitivity.layers[i];
    if (layer.weights.eigenvalues.empty())
      throw UserError(
          fmt::format("hawq ranks by eigenvalues, and layer '{}' has none in the sensitivity file; "
                      "make it with --method eigenvalue",
                      layer.name));
    ranking.push_back(layer.weights.eigenvalues.front() /
                      static_cast<double>(network.layers[i].weights()));
  }
  return ranking;
}

std::vector<FrontierPoint> hawq_policies(const NetworkProblem& network) {
  const std::vector<double> logs = logarithms(network);
  std::vector<FrontierPoint> policies;
  for (const double c : steps_of(network, logs)) {
    Choices choices;
    for (std::size_t i = 0; i < logs.size(); ++i)
      choices.push_back(nearest(network.precisions[i], c + logs[i]));
    policies.push_back({choices, omega_of(network.problem, choices), costs_of(network, choices)});
  }
  return policies;
}

HawqV2Space hawq_v2_space(const NetworkProblem& network) {
  HawqV2Space space{network.problem, {}};
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const LayerSensitivity& layer = network.sensitivity.layers[i];
    const auto trace = find_sensitivity_method("trace").figure(layer.weights);
    if (!trace)
      throw UserError(
          fmt::format("hawq-v2 orders by traces, and layer '{}' has none in the sensitivity file; "
                      "make it with --method trace",
                      layer.name));
    space.order.scores.push_back(upper_bound(*trace));
    auto& levels = space.order.levels.emplace_back();
    const std::vector<graph::Precision>& precisions = network.precisions[i];
    for (std::size_t c = 0; c < precisions.size(); ++c) {
      const int weight_bits = precisions[c].weight_bits;
      levels.push_back(weight_bits - graph::kMinBits);
      const std::size_t own = nearest(precisions, weight_bits);
      space.problem.layers[i].choices[c].allowed = own == c;
    }
  }
  return space;
}

double compression_ratio(const std::vector<Macs>& macs, const graph::Policy& policy) {
  double at_8_bits = 0, at_policy = 0;
  for (std::size_t i = 0; i < macs.size(); ++i) {
    const auto count = static_cast<double>(macs[i].count());
    at_8_bits += 8 * count;
    at_policy += count * std::max(policy[i].weight_bits, policy[i].activation_bits);
  }
  return at_8_bits / at_policy;
}

}  // namespace bitloom::search
