#pragma once

#include "pipelines/choices.h"

namespace bitloom::pipelines {

/// Warns where the machine has something that the analytic engine, by which it is priced, leaves
/// out and the cycle engine counts.
void warn_of_what_is_left_out(const EngineChoice& engine, const hardware::Hardware& machine,
                              const Host& host);

}  // namespace bitloom::pipelines
