#pragma once

#include <span>

#include "sim/family.h"

namespace bitloom::sim {

/// All hardware families. The first is that of files that name none.
std::span<const Family> families();

}  // namespace bitloom::sim
