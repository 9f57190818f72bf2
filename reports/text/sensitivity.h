#pragma once

#include <string>

#include "search/measure/sensitivity_file.h"

namespace bitloom::reports {

/// A row a layer: what the loss minds of its weights and inputs, and Omega at 2 and 4 bits.
std::string sensitivity_text(const search::Sensitivity& found, std::size_t max_width);

}  // namespace bitloom::reports
