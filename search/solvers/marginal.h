#pragma once

#include <optional>

#include "search/problem/network_problem.h"

namespace bitloom::search {

/// What a layer's last bits, from the next smaller width that it may have to the one it has, save
/// and cost while all else stays.
struct LastBits {
  int from;
  double omega_saved;
  double cost;

  /// Omega saved per unit of cost; none where they cost nothing.
  std::optional<double> exchange_rate() const {
    return cost > 0 ? std::optional(omega_saved / cost) : std::nullopt;
  }
};

/// None where the layer has its fewest bits.
struct LayerMarginals {
  std::optional<LastBits> weights;
  std::optional<LastBits> activations;
};

/// Of `layer` at `choice`, by the cost of that index.
LayerMarginals marginals_of(const NetworkProblem& network, std::size_t layer, std::size_t choice,
                            std::size_t cost);

}  // namespace bitloom::search
