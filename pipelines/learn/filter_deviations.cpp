#include "pipelines/learn/filter_deviations.h"

#include "models/torch/network.h"

namespace bitloom::pipelines {

search::FilterDeviations filter_deviations(const nn::Network& network,
                                           const std::vector<graph::LayerShape>& layers) {
  const torch::NoGradGuard no_gradient;
  search::FilterDeviations deviations(layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i].has_weights()) continue;
    const torch::Tensor of_filters = network.layer_weight(i).to(torch::kDouble).flatten(1);
    const torch::Tensor each = of_filters.std(1, false).contiguous();
    deviations[i].assign(each.data_ptr<double>(), each.data_ptr<double>() + each.numel());
  }
  return deviations;
}

}  // namespace bitloom::pipelines
