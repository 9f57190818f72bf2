#pragma once

#include "base/quantity.h"
#include "sim/families/bismo/conversion.h"
#include "sim/kit/systemc/dram.h"

namespace bitloom::cycle {

/// Converts a layer's activations through a port of `port_bits`, from cycle 0 on, and says when
/// that has ended (docs/reference/timing-knobs.md, "Layout of activations"). Without `dram` memory
/// keeps pace.
Cycles convert(const mapping::Conversion& conversion, std::int64_t port_bits, Dram* dram);

}  // namespace bitloom::cycle
