#include "search/solvers/marginal.h"

namespace bitloom::search {
namespace {

/// `bits` is the width that changes, `other` the one that stays.
std::optional<LastBits> last_bits(const NetworkProblem& network, std::size_t layer,
                                  std::size_t choice, std::size_t cost, int graph::Precision::*bits,
                                  int graph::Precision::*other) {
  const auto& precisions = network.precisions[layer];
  std::optional<std::size_t> below;
  for (std::size_t c = 0; c < precisions.size(); ++c) {
    const bool is_smaller = precisions[c].*other == precisions[choice].*other &&
                            precisions[c].*bits < precisions[choice].*bits;
    if (is_smaller && (!below || precisions[c].*bits > precisions[*below].*bits)) below = c;
  }
  if (!below) return std::nullopt;
  const auto& choices = network.problem.layers[layer].choices;
  return LastBits{precisions[*below].*bits, choices[*below].omega - choices[choice].omega,
                  choices[choice].costs[cost] - choices[*below].costs[cost]};
}

}  // namespace

LayerMarginals marginals_of(const NetworkProblem& network, std::size_t layer, std::size_t choice,
                            std::size_t cost) {
  using graph::Precision;
  if (network.by_filter()) return {};  // no choice is another with a bit less
  return {
      last_bits(network, layer, choice, cost, &Precision::weight_bits, &Precision::activation_bits),
      last_bits(network, layer, choice, cost, &Precision::activation_bits,
                &Precision::weight_bits)};
}

}  // namespace bitloom::search
