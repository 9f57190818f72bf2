#pragma once

#include "base/quantity.h"
#include "sim/families/bitfusion/tiling.h"

namespace bitloom::cycle::bitfusion {

/// Where the array's cycles went, up to its last step.
struct ArrayCounters {
  Cycles busy;
  Cycles first_wait;                              // before it begins
  mapping::bitfusion::PerBuffer<Cycles> waits{};  // later, by the buffer that was ready last
};

/// Of a layer. array.busy + array.first_wait + array.waits + tail are its cycles.
struct Counters {
  ArrayCounters array;
  Cycles tail;                               // from the last step until the last output has left
  Cycles port_busy;                          // beats
  Bits weights, activations, sums, results;  // over the port
  std::int64_t tiles = 0;
  std::int64_t wakes = 0;  // of the port, by SystemC's kernel
};

}  // namespace bitloom::cycle::bitfusion
