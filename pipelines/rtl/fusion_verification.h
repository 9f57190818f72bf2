#pragma once

#include "pipelines/rtl/verify.h"
#include "sim/families/bitfusion/description.h"

namespace bitloom::pipelines {

/// verify() on BitFusion: runs a network's chosen layers, or random dot products at every pair of
/// widths, on the Verilated fusion unit; compares values with a plain loop nest and cycles with the
/// products a cycle that docs/reference/bitfusion.md gives.
Verification verify_fusion_unit(const VerifyOptions& options, const hardware::BitFusion& hardware,
                                const Host& host);

}  // namespace bitloom::pipelines
