#pragma once

#include <optional>
#include <string>

#include "rtl/verify/shift_column.h"
#include "rtl/verify/shift_workload.h"

namespace bitloom::verify {

/// What running a layer on one column showed.
struct ShiftRun {
  std::int64_t values = 0;
  std::int64_t cycles = 0;  // passes over pixels
  std::optional<std::string> first_wrong;
};

/// Computes every filter of `workload`, one after the other, on one column: block by block and row
/// tile by row tile, without a cycle between tiles. Compares all values with a plain loop nest.
ShiftRun run_layer(ShiftColumn& column, const ShiftWorkload& workload);

/// Cycles of run_layer by the rules.
std::int64_t cycles_by_the_rules(const mapping::shift::Mapping& mapping);

}  // namespace bitloom::verify
