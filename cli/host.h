#pragma once

#include "pipelines/host.h"

namespace bitloom::cli {

/// A terminal around a pipeline: progress and warnings on standard error, a word about going on
/// where Ctrl-C ends it, hardware descriptions of BITLOOM_CONFIGS.
pipelines::Host host();

}  // namespace bitloom::cli
