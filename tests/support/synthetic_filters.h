#pragma once

#include <cmath>

#include "search/agent/autoq_searcher.h"
#include "tests/search/tiny_network.h"

namespace bitloom::testing {

/// A search by filter whose accuracy is a formula: layers of ResNet-20, the loss of a filter
/// falling fourfold with each bit from its own drawn variance, which its deviation tells.
class SyntheticFilters {
 public:
  explicit SyntheticFilters(search::BitsBy bits_by, const std::string& budget = "size=0.5x",
                            const std::vector<int>& weight_bits = {2, 3, 4, 5, 6, 7, 8})
      : machine_(shipped("bismo-edge")),
        network_(make_network(machine_, weight_bits)),
        limits_(limits_of(budget)),
        whole_(network_, limits_),
        space_(whole_, limits_, {network_.layers, machine_, 1, {}}, bits_by) {
    std::mt19937_64 random(3);
    std::lognormal_distribution<double> spread(0, 1);
    for (const graph::LayerShape& layer : network_.layers)
      for (auto& of_layer = deviations_.emplace_back(); std::ssize(of_layer) < layer.out_channels;)
        of_layer.push_back(spread(random));
  }

  const search::FilterSpace& space() const { return space_; }
  const search::PolicySpace& whole() const { return whole_; }
  const std::vector<search::Limit>& limits() const { return limits_; }
  const search::FilterDeviations& deviations() const { return deviations_; }
  const hardware::Hardware& machine() const { return machine_; }

  /// 70 % where nothing is lost.
  double top1(const graph::FilterPolicy& policy) const {
    double lost = 0, most = 0;
    for (std::size_t i = 0; i < policy.layers.size(); ++i) {
      const auto [weight_bits, activation_bits] = policy.layers[i];
      const double depth = static_cast<double>(i) / static_cast<double>(policy.layers.size());
      const double filters = static_cast<double>(deviations_[i].size());
      for (std::size_t f = 0; f < deviations_[i].size(); ++f) {
        const double variance = deviations_[i][f] * deviations_[i][f] * std::exp(-2 * depth);
        const int bits = policy.of(i).empty() ? weight_bits : policy.of(i)[f];
        lost += variance * std::pow(4, -bits) / filters;
        most += variance / filters;
      }
      lost += std::exp(-depth) * std::pow(4, -activation_bits);
    }
    return 70 * std::exp(-60 * lost / most);
  }

  std::unique_ptr<search::FilterSearcher> searcher(std::int64_t episodes, std::uint64_t seed,
                                                   search::AgentFactory make_agent,
                                                   std::optional<std::int64_t> warmup = {}) const {
    return search::autoq_searcher({.space = space_,
                                   .episodes = episodes,
                                   .seed = seed,
                                   .make_agent = make_agent,
                                   .warmup = warmup,
                                   .deviations = deviations_});
  }

  /// The best of so many episodes.
  double run(search::FilterSearcher& searcher, int episodes) const {
    double best = 0;
    for (int i = 0; i < episodes; ++i) {
      const graph::FilterPolicy policy = searcher.ask();
      const double found = top1(policy);
      best = std::max(best, found);
      searcher.tell(0.1 * (found - 70));
    }
    return best;
  }

 private:
  static search::NetworkProblem make_network(const hardware::Hardware& machine,
                                             const std::vector<int>& weight_bits) {
    auto layers = graph::layers_of(graph::make_network("resnet20"));
    layers.resize(10);
    const search::BitSpace space = search::make_bit_space(
        layers, {weight_bits, {2, 3, 4, 5, 6, 7, 8}}, std::nullopt, std::nullopt);
    return search::make_network_problem(layers, space, drawn_sensitivity("resnet20", layers),
                                        sim::price(layers, search::pairs_of(space), machine, 1),
                                        machine.clock());
  }

  std::vector<search::Limit> limits_of(const std::string& budget) const {
    std::vector<double> most;
    for (std::size_t k = 0; k < search::cost_kinds().size(); ++k)
      most.push_back(cost_at_8_bits(network_, k));
    return search::limits_of("--budget", {search::parse_budget("--budget", budget)}, most);
  }

  hardware::Hardware machine_;
  search::NetworkProblem network_;
  std::vector<search::Limit> limits_;
  search::PolicySpace whole_;
  search::FilterSpace space_;
  search::FilterDeviations deviations_;
};

}  // namespace bitloom::testing
