#pragma once

#include <cstddef>
#include <string>

#include "reports/validation.h"

namespace bitloom::reports {

/// A row a point with both engines' time and energy and what the first is off, then the largest
/// differences.
std::string validation_text(const Validation& result, std::size_t max_width);

}  // namespace bitloom::reports
