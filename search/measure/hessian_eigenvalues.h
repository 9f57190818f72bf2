#pragma once

#include "search/measure/lanczos.h"
#include "search/measure/loss_hessian.h"

namespace bitloom::search {

/// How long Lanczos' method goes on; see largest_eigenvalues().
struct LanczosOptions {
  int wanted = 2;
  double tolerance = 0.01;
  std::int64_t most_products = 40;
  std::uint64_t seed = 0;
};

/// The largest eigenvalues of block (i, i) of the Hessian of the mean of the losses of `batches`
/// batches of equal size; of an input, those of the Hessian of an image's own loss, over all
/// images.
Eigenvalues hessian_eigenvalues(std::size_t i, std::size_t batches,
                                const HessianOfBatch& hessian_of, const LanczosOptions& options);

}  // namespace bitloom::search
