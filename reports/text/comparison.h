#pragma once

#include <cstddef>
#include <string>

#include "reports/comparison.h"

namespace bitloom::reports {

/// A page that a person reads, 80 columns wide where names allow.
std::string comparison_text(const Comparison& comparison, std::size_t max_width);

}  // namespace bitloom::reports
