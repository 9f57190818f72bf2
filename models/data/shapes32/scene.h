#pragma once

#include <cstdint>

#include "base/counter_random.h"
#include "models/data/image.h"

namespace bitloom::data::shapes32 {

/// 32 x 32 pixels that show shape `label` (outline.h). The same from the same stream everywhere: it
/// is made by integer arithmetic and the float operations that IEEE 754 rounds exactly.
Image draw_scene(std::int64_t label, CounterRandom random);

}  // namespace bitloom::data::shapes32
