#include "search/measure/fisher.h"

#include "search/measure/loss_hessian.h"

namespace bitloom::search {
namespace {

/// `squares`: of a layer's weights, [out][..].
void add_to(FilterSums& filters, std::size_t layer, const torch::Tensor& squares) {
  const torch::Tensor means =
      squares.flatten(1).mean(1, /*keepdim=*/false, torch::kFloat64).contiguous();
  const auto* mean = means.data_ptr<double>();
  for (std::size_t f = 0; f < filters[layer].size(); ++f) filters[layer][f] += mean[f];
}

}  // namespace

void add_fisher(nn::Network& network, const torch::Tensor& images, const torch::Tensor& labels,
                std::vector<std::vector<double>>& rows, FilterSums* filters,
                const std::function<void(std::int64_t)>& progress) {
  for (std::int64_t image = 0; image < images.size(0); ++image) {
    const LossGradients gradients(network, images.narrow(0, image, 1), labels.narrow(0, image, 1));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const torch::Tensor squares = gradients.gradient(i).square();
      rows[i].push_back(squares.mean(torch::kFloat64).item<double>());
      if (filters && i < filters->size()) add_to(*filters, i, squares);
    }
    progress(image + 1);
  }
}

}  // namespace bitloom::search
