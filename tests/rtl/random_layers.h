#pragma once

#include <random>

#include "rtl/verify/core.h"
#include "rtl/verify/workload.h"
#include "sim/hardware/bismo.h"
#include "sim/mapping/mapping.h"

namespace bitloom::verify {

/// The hardware description of a core.
hardware::Bismo hardware_of(const Core& core);

/// A workload with its schedule on some hardware.
struct ScheduledLayer {
  Workload workload;
  mapping::Schedule schedule;
  Cycles expected;
};

/// Small layers of every kind, bits, coding and draw that `hardware` can map within `most_cycles`.
class RandomLayers {
 public:
  RandomLayers(const hardware::Bismo& hardware, std::uint64_t seed, std::int64_t most_cycles)
      : hardware_(hardware), engine_(seed), most_cycles_(most_cycles) {}

  ScheduledLayer next();

 private:
  std::int64_t pick(std::int64_t least, std::int64_t greatest);
  int pick_bits();
  graph::LayerShape pick_shape();
  WeightCoding pick_coding(const graph::LayerShape& layer, graph::Precision precision,
                           std::int64_t batch);

  hardware::Bismo hardware_;
  std::mt19937_64 engine_;
  std::int64_t most_cycles_;
};

}  // namespace bitloom::verify
