#pragma once

#include "base/quantity.h"
#include "sim/families/bismo/mapping.h"
#include "sim/kit/dram_actions.h"
#include "sim/kit/timing.h"

namespace bitloom::cost {

/// What a layer makes the hardware do, counted from its mapping.
struct Actions {
  std::int64_t dpu_steps = 0;  // one DPU processing one word pair: popcount, shift, accumulate
  std::int64_t multiplications = 0;  // of a DPU's count and of a column's two codes, once a step
  Bits buffer_read;
  Bits buffer_written;
  Bits port_activations;  // whole beats of the port, or bytes of what is new in windows
  Bits port_weights;
  Bits port_codes;    // beside the words of weights
  Bits port_results;  // written back
  Bits converted;     // to bit-planes: read and written
  DramActions dram;   // told by the engine; nothing where the hardware has no DRAM

  Bits port() const {
    return port_activations + port_weights + port_codes + port_results + converted;
  }
  bool operator==(const Actions&) const = default;
};

/// Bits of operands and results that cross the ports, and of conversion: what `Actions` counts but
/// for what fills up beats.
Bits bits_used(const mapping::Mapping& mapping, const hardware::Bismo& hardware);

Actions count_actions(const mapping::Mapping& mapping, const hardware::Bismo& hardware);

}  // namespace bitloom::cost
