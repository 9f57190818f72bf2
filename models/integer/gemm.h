#pragma once

#include <cstdint>
#include <vector>

#include "models/integer/bit_matrix.h"
#include "models/integer/kernel.h"

namespace bitloom::integer {

/// Dot products of all rows: out[l * right.rows() + r] = sum over k of left[l][k] * right[r][k],
/// exactly. At most one matrix is bipolar. InternalError when the columns differ or a sum could
/// exceed 32 bits.
std::vector<std::int32_t> gemm(const BitMatrix& left, const BitMatrix& right, Kernel kernel);

/// The same into `out`, whose rows are `out_stride` apart.
void gemm_into(const BitMatrix& left, const BitMatrix& right, Kernel kernel, std::int32_t* out,
               std::int64_t out_stride);

}  // namespace bitloom::integer
