#include "pipelines/explore/optimal_bits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/hash.h"
#include "search/problem/network_problem.h"
#include "search/solvers/exact.h"

namespace bitloom::pipelines {

std::string OptimalBits::fingerprint() const {
  Fnv1a hash;
  hash.add_part(search::sensitivity_json(sensitivity));
  for (const search::LayerBits& layer : bits.layers) {
    hash.add_part(fmt::format("{}", fmt::join(layer.weight_bits, ",")));
    hash.add_part(fmt::format("{}", fmt::join(layer.activation_bits, ",")));
  }
  for (const auto& tie : bits.ties) hash.add_part(fmt::format("{}", fmt::join(tie, ",")));
  hash.add_part(fmt::format("{} {}", most_omega, least));
  return hash.text();
}

double omega_of(const OptimalBits& wanted, const graph::Policy& policy) {
  double omega = 0;
  for (std::size_t i = 0; i < policy.size(); ++i) {
    const search::LayerSensitivity& layer = wanted.sensitivity.layers[i];
    const auto add = [&](const std::map<int, double>& by_bits, int bits) {
      const auto found = by_bits.find(bits);
      if (found == by_bits.end())
        throw UserError(
            fmt::format("the sensitivity has no Omega of layer '{}' at {} bits", layer.name, bits));
      omega += found->second;
    };
    add(layer.weights.omega, policy[i].weight_bits);
    add(layer.activations.omega, policy[i].activation_bits);
  }
  return omega;
}

ChosenBits optimal_bits(const OptimalBits& wanted, const hardware::Hardware& machine) {
  const auto prices = sim::price(wanted.layers, search::pairs_of(wanted.bits), machine,
                                 machine.batch(), sim::EngineOptions{});
  const search::NetworkProblem network = search::make_network_problem(
      wanted.layers, wanted.bits, wanted.sensitivity, prices, machine.clock());
  const search::Query query{.minimize_cost = wanted.least, .max_omega = wanted.most_omega};
  const search::Answer answer = search::solve(network.problem, query);
  if (!answer.solution)
    throw unsupported(fmt::format("no bits have an Omega of at most {:.6g}", wanted.most_omega));
  if (!answer.solution->proved_optimal)
    throw unsupported("the search for bits ended before it had proved them optimal");
  return {search::policy_of(network, answer.solution->choices), answer.solution->omega};
}

}  // namespace bitloom::pipelines
