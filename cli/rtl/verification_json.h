#pragma once

#include <string>
#include <vector>

#include "cli/rtl/verification.h"

namespace bitloom::cli {

/// What was verified.
struct Verified {
  std::string hardware;
  std::string array;  // `8 x 256 x 8`, or `fusion unit`
  std::int64_t pipeline_cycles = 0;
  std::int64_t batch = 1;
  std::int64_t seed = 1;
};

/// `verify --json`: `{"schema": 1, "hardware", "array", "pipeline_cycles", "batch", "seed",
/// "passed", "layers": [{"name", "weight_bits", "activation_bits", "codes", "values",
/// "values_equal", "rtl_cycles", "analytic_cycles", "cycle_cycles" (or null), "passed",
/// "complaint"}]}`.
std::string verification_json(const Verified& what, const std::vector<Verdict>& verdicts);

/// Weights' and activations' codings: `signed/unsigned`.
std::string codes_text(const Verdict& verdict);

}  // namespace bitloom::cli
