#pragma once

#include <memory>

#include "base/document.h"
#include "sim/families/shift/description.h"
#include "sim/family.h"

namespace bitloom::hardware {

/// Shift hardware whose fields are still to be read.
std::unique_ptr<sim::Machine> blank_shift(const DocumentValue& document);

}  // namespace bitloom::hardware
