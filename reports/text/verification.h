#pragma once

#include <cstddef>
#include <string>

#include "reports/results/verification_file.h"

namespace bitloom::reports {

/// A row a layer, what is wrong of those that fail, and a line that counts; `seconds` is how long
/// it took. Of a unit alone, which the engines do not price, the cycles are those that its rules
/// give.
std::string verification_text(const VerificationFile& verification, double seconds,
                              std::size_t max_width);

}  // namespace bitloom::reports
