#include "search/measure/hessian_eigenvalues.h"

namespace bitloom::search {

using torch::Tensor;

Eigenvalues hessian_eigenvalues(std::size_t i, std::size_t batches,
                                const HessianOfBatch& hessian_of, const LanczosOptions& options) {
  const LossHessian& first = hessian_of(0);
  const bool is_input = first.is_of_images(i);
  const std::int64_t images = first.tensor(i).size(0);  // of a batch, where it is an input
  const auto count = static_cast<std::int64_t>(batches);
  std::vector<std::int64_t> shape = first.tensor(i).sizes().vec();
  if (is_input) shape[0] *= count;
  const Tensor like = torch::empty(shape, first.tensor(i).options().requires_grad(false));
  const auto multiply = [&](const Tensor& v) {
    std::vector<Tensor> products;
    for (std::int64_t b = 0; b < count; ++b)
      products.push_back(hessian_of(static_cast<std::size_t>(b))
                             .block_product(i, is_input ? v.narrow(0, b * images, images) : v));
    // No image's loss depends on another's input: an input's block is block-diagonal.
    const Tensor all = is_input ? torch::cat(products) : torch::stack(products).sum(0);
    return all / static_cast<double>(count);
  };
  Eigenvalues found = largest_eigenvalues(multiply, like, options.wanted, options.tolerance,
                                          options.most_products, options.seed);
  const double scale = is_input ? static_cast<double>(images * count) : 1;  // mean loss to own
  for (double& value : found.values) value *= scale;
  for (double& residual : found.residuals) residual *= scale;
  return found;
}

}  // namespace bitloom::search
