#pragma once

#include <cstdint>
#include <vector>

#include "search/measure/loss_hessian.h"

namespace bitloom::search {

/// A probe of the mean trace of each tensor's Hessian block, tr(H_ii) / elements (of one image, for
/// inputs), by Hutchinson's method: v_i^T (H v)_i for random signs v, all layers' weights by one
/// product and all inputs by another (HAWQ-V2, Dong et al. 2020, arXiv:1911.03852, eq. 9 and 10).
/// Blocks beside the diagonal add noise of mean 0. The signs are a function of the seed and the
/// probe's number; the loss is the mean of those of `batches` batches of equal size.
std::vector<double> trace_probe(std::uint64_t seed, std::int64_t number, std::size_t batches,
                                const HessianOfBatch& hessian_of);

}  // namespace bitloom::search
