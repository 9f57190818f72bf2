#pragma once

#include <string_view>

#include "sim/hardware.h"

namespace bitloom::sim {

/// What holds a layer at most.
enum class Roof { kArray, kMemory, kPorts };
/// `array`, `memory` or `ports`.
std::string_view to_text(Roof roof);

/// A layer's or a network's place under the roofline (Williams et al., CACM 2009), of binary
/// products (BOPs: MACs x weight bits x activation bits) and bytes. Each roof is judged by the
/// bytes that pass it: memory's by whole bursts, the ports' by whole beats. Where DRAM is not
/// described memory keeps up with the ports, and both are one. With im2col on the fly activations
/// count by whole bytes, so that through a port of less than a byte a layer may pass its roof.
struct Roofline {
  double bops = 0;  // of the whole batch
  double macs = 0;
  double bytes = 0;       // of memory
  double port_bytes = 0;  // across the ports
  double seconds = 0;
  double peak_bops_per_second = 0;
  double bytes_per_second = 0;       // DRAM at its peak; where it is not described, all ports
  double port_bytes_per_second = 0;  // all ports at full width
  bool has_dram = false;

  double intensity() const { return bops / bytes; }  // BOPs a byte of memory
  double attained() const { return bops / seconds; }
  /// The lowest roof, and what it allows at most.
  Roof roof() const;
  double ceiling() const;

 private:
  double memory_ceiling() const { return bops / bytes * bytes_per_second; }
  double ports_ceiling() const { return bops / port_bytes * port_bytes_per_second; }
};
/// The roofs alone, those of any layer.
Roofline roofs_of(const hardware::Hardware& hardware);
Roofline roofline(const Job& job, const LayerResult& result, const hardware::Hardware& hardware);
/// Of all layers together.
Roofline operator+(Roofline sum, const Roofline& layer);

}  // namespace bitloom::sim
