#include "search/measure/fisher.h"

#include "search/measure/loss_hessian.h"

namespace bitloom::search {

void add_fisher(nn::Network& network, const torch::Tensor& images, const torch::Tensor& labels,
                std::vector<std::vector<double>>& rows,
                const std::function<void(std::int64_t)>& progress) {
  for (std::int64_t image = 0; image < images.size(0); ++image) {
    const LossGradients gradients(network, images.narrow(0, image, 1), labels.narrow(0, image, 1));
    for (std::size_t i = 0; i < rows.size(); ++i)
      rows[i].push_back(gradients.gradient(i).square().mean(torch::kFloat64).item<double>());
    progress(image + 1);
  }
}

}  // namespace bitloom::search
