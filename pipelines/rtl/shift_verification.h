#pragma once

#include "pipelines/rtl/verify.h"
#include "sim/families/shift/description.h"

namespace bitloom::pipelines {

/// verify() on shift hardware: runs a network's chosen layers, or random ones at every pair of
/// widths, with random words on the Verilated column; compares values with a plain loop nest and
/// cycles with the passes that docs/reference/shift.md gives.
Verification verify_shift_column(const VerifyOptions& options, const hardware::Shift& hardware,
                                 const Host& host);

}  // namespace bitloom::pipelines
