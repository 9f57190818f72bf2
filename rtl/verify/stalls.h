#pragma once

#include "sim/families/bismo/stream_stalls.h"

namespace bitloom::verify {

/// The stimulus that the SystemC engine can be given too.
using Stalls = mapping::StreamStalls;
using mapping::Stream;

}  // namespace bitloom::verify
