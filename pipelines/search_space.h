#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipelines/choices.h"
#include "search/problem/budget.h"
#include "search/problem/network_problem.h"

namespace bitloom::pipelines {

/// What a search looks for bits on and among: a network, hardware, the bits that layers may have,
/// and budgets.
struct SearchSpace {
  NetworkChoice network;
  HardwareChoice hardware;
  EngineChoice engine = {};
  std::vector<search::AskedBudget> budgets = {};
  std::vector<int> weight_bits = {2, 3, 4, 5, 6, 7, 8};
  std::vector<int> activation_bits = {2, 3, 4, 5, 6, 7, 8};
  std::optional<graph::Precision> edge_layers = {};  // of the first and last layer; else any
  std::optional<std::string> constraints = {};       // a file: search::make_bit_space()
};

/// A network on hardware with what each layer costs at the bits that it may have.
struct PricedNetwork {
  Network network;
  hardware::Hardware hardware;
  search::NetworkProblem problem;
  std::vector<double> costs_at_8_bits;  // at `reference`; by search::cost_kinds()
  /// What costs are compared with and `x` of a budget means: 8/8, or where a layer cannot be mapped
  /// at it the most bits that are looked among and that every layer can have.
  graph::Precision reference = {8, 8};
};

/// Prices every layer. Omega is that of the file `sensitivity`, otherwise 0.
PricedNetwork price(const SearchSpace& space, const std::optional<std::string>& sensitivity,
                    const Host& host);
/// The same by filter (search::make_filter_problem); `costs`, of cost_kinds(), are those that
/// limits or the aim are of.
PricedNetwork price_by_filter(const SearchSpace& space, const std::string& sensitivity,
                              const std::vector<std::size_t>& costs, const Host& host);

/// The budgets as limits of cost_kinds().
std::vector<search::Limit> limits(const SearchSpace& space, const PricedNetwork& priced);

/// The space and what it came to.
void declare(const SearchSpace& space, const PricedNetwork& priced, Manifest& manifest);

}  // namespace bitloom::pipelines
