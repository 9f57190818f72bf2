#pragma once

#include <string>
#include <vector>

#include "reports/results/verification_file.h"

namespace bitloom::reports {

/// Whether the verdicts are of a unit in an array's place, which the engines do not price.
bool is_of_unit(const VerificationFile& verification);

/// Why `simulate` gives other cycles than the verdicts have, a sentence each, and the options with
/// which it gives the same; empty where it does anyway.
std::vector<std::string> why_simulate_differs(const VerificationFile& verification);

}  // namespace bitloom::reports
