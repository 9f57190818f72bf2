#pragma once

#include "models/integer/lowering.h"
#include "models/integer/windows.h"

namespace bitloom::integer {

/// The step of a node that averages its input under `window`, whose padding is resolved: sums,
/// divided by their positions in the scale. Those of windows that count fewer positions are brought
/// to the same scale, which the rounding can take one above the others' bound.
void lower_average(Lowering& lowering, const graph::Window& window, const Reaches& reaches);

}  // namespace bitloom::integer
