#pragma once

#include <cstdint>

#include "rtl/verify/shift_column.h"
#include "rtl/verify/shift_workload.h"
#include "rtl/verify/unit_run.h"

namespace bitloom::verify {

/// Computes every filter of `workload`, one after the other, on one column: block by block and row
/// tile by row tile, without a cycle between tiles. Compares all values with a plain loop nest.
/// Its cycles are passes over pixels.
UnitRun run_layer(ShiftColumn& column, const ShiftWorkload& workload);

/// Cycles of run_layer by the rules.
std::int64_t cycles_by_the_rules(const mapping::shift::Mapping& mapping);

}  // namespace bitloom::verify
