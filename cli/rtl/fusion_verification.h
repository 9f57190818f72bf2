#pragma once

#include "cli/rtl/verify_options.h"
#include "sim/families/bitfusion/description.h"

namespace bitloom::cli {

/// `verify` on BitFusion: runs a network's chosen layers, or random dot products at every pair of
/// widths, on the Verilated fusion unit; compares values with a plain loop nest and cycles with the
/// products a cycle that docs/reference/bitfusion.md gives. The exit code.
int verify_fusion_unit(const VerifyOptions& options, hardware::BitFusion hardware);

}  // namespace bitloom::cli
