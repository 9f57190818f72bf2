#pragma once

#include <memory>

#include "base/document.h"
#include "sim/families/bismo/description.h"
#include "sim/family.h"

namespace bitloom::hardware {

/// A BISMO overlay to be read from `document`, with sections for layout and DRAM where it has them.
std::unique_ptr<sim::Machine> blank_bismo(const DocumentValue& document);

}  // namespace bitloom::hardware
