#pragma once

#include <cstddef>
#include <string>

#include "reports/policy_search.h"

namespace bitloom::reports {

/// Layer by layer the bits, what they lose and cost, and what the last bit saved and cost; then the
/// totals beside the limits.
std::string policy_search_text(const PolicySearch& search, std::size_t max_width);

}  // namespace bitloom::reports
