#pragma once

#include <memory>

#include "base/document.h"
#include "sim/families/bitfusion/description.h"
#include "sim/family.h"

namespace bitloom::hardware {

/// A BitFusion whose fields are still to be read.
std::unique_ptr<sim::Machine> blank_bitfusion(const DocumentValue& document);

}  // namespace bitloom::hardware
