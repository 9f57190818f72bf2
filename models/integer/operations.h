#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/integer/program.h"

// The operations between layers on one image's values, channels x height x width. `out` has the
// size of the result.

namespace bitloom::integer {

using Values = std::span<const std::int32_t>;
using Results = std::span<std::int32_t>;

/// A UserError when a pixel is not a number.
void quantize_image(const QuantizeImage& op, std::span<const float> pixels, Results out);

/// In place.
void multiply_add(const Affine& op, Results values);
void limit(const Clamp& op, Results values);

/// Adds one input of an addition to `out`, or stores it there when it is the first.
void add(Values in, const std::vector<Dyadic>& factors, bool is_first, Results out);

void pool(const MaxPool& op, Values in, const graph::Shape& from, const graph::Shape& to,
          Results out);
void pool(const AveragePool& op, Values in, const graph::Shape& from, const graph::Shape& to,
          Results out);
void upsample(Values in, const graph::Shape& from, const graph::Shape& to, Results out);
void subsample(const Subsample& op, Values in, const graph::Shape& from, const graph::Shape& to,
               Results out);

}  // namespace bitloom::integer
