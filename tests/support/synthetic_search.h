#pragma once

#include <cmath>

#include "search/policy/searcher.h"
#include "search/solvers/exact.h"
#include "tests/search/tiny_network.h"

namespace bitloom::testing {

/// A search whose best answer is known: the first 50 layers of MobileNet-V2 on the edge array, an
/// accuracy that falls with Omega, and the least Omega within a budget from the exact solver.
/// Omega falls with depth and is larger for depthwise layers.
class SyntheticSearch {
 public:
  /// `budget` is a fraction of what the network costs at its most bits, such as `latency=0.6x`.
  SyntheticSearch(const std::vector<int>& activation_bits, const std::string& budget)
      : network_(make_network(activation_bits)),
        limits_(limits_of(budget)),
        space_(network_, limits_),
        least_omega_(search::solve(network_.problem, {.limits = limits_}).solution->omega) {}

  const search::NetworkProblem& network() const { return network_; }
  const search::PolicySpace& space() const { return space_; }
  /// 70 % of the network, 68.6 % of the best policy.
  double best_top1() const { return top1(least_omega_); }
  double top1(const search::Levels& levels) const {
    return top1(search::omega_of(network_.problem, space_.choices(levels)));
  }

  /// The best of so many episodes.
  double run(search::Searcher& searcher, int episodes) const {
    double best = 0;
    for (int i = 0; i < episodes; ++i) {
      const search::Levels levels = searcher.ask();
      const double found = top1(levels);
      if (space_.keeps_limits(levels)) best = std::max(best, found);
      searcher.tell(0.1 * (found - kFloatTop1));
    }
    return best;
  }

 private:
  static constexpr double kFloatTop1 = 70;

  std::vector<search::Limit> limits_of(const std::string& budget) const {
    std::vector<double> most;
    for (std::size_t k = 0; k < search::cost_kinds().size(); ++k)
      most.push_back(cost_at_8_bits(network_, k));
    return search::limits_of("--budget", {search::parse_budget("--budget", budget)}, most);
  }

  double top1(double omega) const { return kFloatTop1 * std::exp(-omega / (50 * least_omega_)); }

  static search::NetworkProblem make_network(const std::vector<int>& activation_bits) {
    auto layers = graph::layers_of(graph::make_network("mobilenet_v2"));
    layers.resize(50);
    search::Sensitivity sensitivity{"mobilenet_v2", "trace", "uniform", 1, {}};
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const double depth = static_cast<double>(i) / static_cast<double>(layers.size() - 1);
      const bool is_depthwise = layers[i].kind == graph::LayerKind::kDepthwise;
      search::TensorSensitivity weights, inputs;
      for (int bits = 1; bits <= 8; ++bits) {
        weights.omega[bits] = (is_depthwise ? 8 : 1) * std::exp(-3 * depth) * std::pow(4, -bits);
        inputs.omega[bits] = (is_depthwise ? 2 : 1) * std::exp(-depth) * std::pow(4, -bits);
      }
      sensitivity.layers.push_back({layers[i].name, weights, inputs});
    }
    const auto hw = shipped_hardware("bismo-edge");
    const search::BitSpace space = search::make_bit_space(
        layers, {{2, 3, 4, 5, 6, 7, 8}, activation_bits}, std::nullopt, std::nullopt);
    return search::make_network_problem(layers, space, sensitivity,
                                        sim::price(layers, search::pairs_of(space), hw, hw.batch),
                                        hw.clock());
  }

  search::NetworkProblem network_;
  std::vector<search::Limit> limits_;
  search::PolicySpace space_;
  double least_omega_;
};

}  // namespace bitloom::testing
