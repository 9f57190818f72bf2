#pragma once

#include "base/quantity.h"

namespace bitloom::cost {

/// Where a layer's cycles went. `total` is the sum of the others.
struct Timing {
  Cycles total;
  Cycles conversion;    // activations become bit-planes, before the layer
  Cycles compute;       // the array issues
  Cycles fetch_stall;   // it waits for operands (and fills or drains its pipeline)
  Cycles result_stall;  // it waits for results to leave
};

}  // namespace bitloom::cost
