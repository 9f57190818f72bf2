#include "search/measure/fisher.h"

#include "search/measure/loss_hessian.h"

namespace bitloom::search {

void add_fisher(nn::Network& network, const torch::Tensor& images, const torch::Tensor& labels,
                std::vector<double>& sums) {
  sums.resize(2 * network.layers());
  for (std::int64_t image = 0; image < images.size(0); ++image) {
    const LossGradients gradients(network, images.narrow(0, image, 1), labels.narrow(0, image, 1));
    for (std::size_t i = 0; i < sums.size(); ++i)
      sums[i] += gradients.gradient(i).square().mean(torch::kFloat64).item<double>();
  }
}

}  // namespace bitloom::search
