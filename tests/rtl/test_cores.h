#pragma once

#include <memory>
#include <span>

#include "rtl/verify/linked_cores.h"

namespace bitloom::verify {

/// Small arrays, Verilated for the tests: full-width result ports first, then narrow ones.
std::span<const LinkedCore> test_cores();

}  // namespace bitloom::verify
