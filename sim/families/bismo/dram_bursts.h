#pragma once

#include <cstdint>

#include "sim/families/bismo/description.h"
#include "sim/families/bismo/instructions.h"

/// Bursts of DRAM that a layer takes (docs/reference/dram.md, "Addresses"). A read or a write takes
/// every burst that it touches, whole. Accesses that follow one another through memory so take the
/// bursts of the whole, and one more for each access that begins within a burst.
namespace bitloom::analytic {

/// Of all reads of an operand; those of the cycle engine.
std::int64_t read_bursts(const mapping::Mapping& mapping, mapping::Operand operand,
                         std::int64_t burst_bytes);

/// Of all writes of results; those of the cycle engine where results of a phase are whole bursts.
/// Elsewhere batches are taken to be written one at a time.
std::int64_t write_bursts(const mapping::Mapping& mapping, const hardware::Dram& dram);

}  // namespace bitloom::analytic
