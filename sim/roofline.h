#pragma once

#include "sim/hardware.h"

namespace bitloom::sim {

/// A layer's or a network's place under the roofline (Williams et al., CACM 2009), of binary
/// products (BOPs: MACs x weight bits x activation bits) and bytes of DRAM (whole bursts, or
/// beats).
struct Roofline {
  double bops = 0;  // of the whole batch
  double macs = 0;
  double bytes = 0;
  double seconds = 0;
  double peak_bops_per_second = 0;
  double bytes_per_second = 0;  // all ports, or DRAM at its peak if less

  double intensity() const { return bops / bytes; }  // BOPs a byte
  double attained() const { return bops / seconds; }
  bool is_under_the_array() const { return intensity() * bytes_per_second >= peak_bops_per_second; }
  double ceiling() const {
    return is_under_the_array() ? peak_bops_per_second : intensity() * bytes_per_second;
  }
};
Roofline roofline(const Job& job, const cost::LayerCost& cost, const hardware::Hardware& hardware);
/// Of all layers together.
Roofline operator+(Roofline sum, const Roofline& layer);

}  // namespace bitloom::sim
