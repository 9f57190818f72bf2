#pragma once

#include <string>
#include <vector>

#include "cli/verification.h"

namespace bitloom::cli {

/// `verify --json`: `{"schema": 1, "hardware", "array", "pipeline_cycles", "batch", "seed",
/// "passed", "layers": [{"name", "weight_bits", "activation_bits", "codes", "values",
/// "values_equal", "rtl_cycles", "analytic_cycles", "cycle_cycles", "passed",
/// "complaint"}]}`.
std::string verification_json(const hardware::Bismo& hardware, const verify::Core& core,
                              std::int64_t seed, const std::vector<Verdict>& verdicts);

/// Weights' and activations' codings: `signed/unsigned`.
std::string codes_text(const Verdict& verdict);

}  // namespace bitloom::cli
