#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/graph/operators.h"
#include "models/integer/requantize.h"

namespace bitloom::integer {

/// Average pooling of channels x height x width codes of `type` by windows: q = clamp(floor(sum * D
/// + 1/2)) with D = scale_ratio / (positions counted), scale_ratio = S_in / S_out: the mean is
/// divided in the dyadic factor. Windows that the border cuts count what `pool` says. Global
/// average pooling is a window of the whole image. A UserError when a sum could exceed 32 bits.
std::vector<std::int32_t> average_pool(std::span<const std::int32_t> codes, std::int64_t channels,
                                       graph::Extent input, const graph::Pool& pool, CodeType type,
                                       double scale_ratio, CodeRange range);

}  // namespace bitloom::integer
