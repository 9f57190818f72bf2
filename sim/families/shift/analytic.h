#pragma once

#include "sim/families/shift/mapping.h"
#include "sim/families/shift/spent.h"

namespace bitloom::analytic::shift {

/// A layer's cycles in closed form for each column group.
cost::shift::Spent run(const mapping::shift::Mapping& mapping, const hardware::Shift& hardware);

}  // namespace bitloom::analytic::shift
