#pragma once

#include "sim/families/bitfusion/tile_program.h"

namespace bitloom::testing {

/// docs/reference/bitfusion.md ("The cycle engine") cycle by cycle, for a memory that answers at
/// once: the cycles that a program takes.
std::int64_t walk_beats(const mapping::bitfusion::TileProgram& program,
                        const hardware::BitFusion& hardware);

}  // namespace bitloom::testing
