#include "search/problem/filter_costs.h"

#include "search/problem/budget.h"

namespace bitloom::search {

FilterCosts::FilterCosts(const std::vector<graph::LayerShape>& layers,
                         const hardware::Hardware& hardware, std::int64_t batch,
                         const sim::EngineOptions& engine)
    : jobs_(sim::lone_jobs_of(layers, graph::Policy(layers.size()), batch)),
      hardware_(hardware),
      engine_(engine) {}

const std::vector<double>& FilterCosts::of(std::size_t layer, const sim::Job& product) const {
  const auto [weights, activations] = product.precision;
  const auto [place, is_new] =
      priced_.try_emplace(Product{layer, product.layer.out_channels, product.layer.groups, weights,
                                  activations, product.neighbors.input_is_laid_out});
  if (is_new)
    place->second = layer_costs(product.layer, product.precision,
                                sim::run(product, hardware_, engine_).cost, hardware_.clock());
  return place->second;
}

std::vector<double> FilterCosts::of(std::size_t layer, graph::Precision bits,
                                    const graph::FilterBits& filters) const {
  sim::Job whole = jobs_[layer];
  whole.precision = bits;
  whole.neighbors = sim::at_own_bits(whole.neighbors, bits.activation_bits);
  std::vector<double> sum(cost_kinds().size());
  for (const sim::Job& product : sim::parts_of(whole, filters)) {
    const std::vector<double>& more = of(layer, product);
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += more[k];
  }
  return sum;
}

}  // namespace bitloom::search
