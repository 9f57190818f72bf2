#pragma once

#include "sim/families/shift/mapping.h"
#include "sim/families/shift/spent.h"
#include "sim/kit/layer_cost.h"

namespace bitloom::cost::shift {

/// What a layer makes the machine do (docs/reference/shift.md, "Energy").
struct Actions {
  std::int64_t shift_adds = 0;
  Bits activations_written, activations_read;  // of the buffer
  Bits weights_written;                        // to the units; read as often
  Bits sums_written;                           // and read as often
  Bits results;
  Bits activation_port, weight_port, result_port;  // whole beats

  Bits port() const { return activation_port + weight_port + result_port; }
};

Actions count_actions(const mapping::shift::Mapping& mapping, const hardware::Shift& hardware);

Energy energy_of(const Actions& actions, Cycles total, const hardware::Shift& hardware);

/// What only shift hardware knows of a layer.
struct LayerDetails {
  mapping::shift::Mapping mapping;
  Actions actions;
  Spent spent;
};

LayerCost layer_cost(const LayerDetails& details, const hardware::Shift& hardware);

}  // namespace bitloom::cost::shift
