#pragma once

#include "rtl/verify/core.h"
#include "rtl/verify/random_workloads.h"
#include "sim/families/bismo/description.h"
#include "sim/families/bismo/mapping.h"

namespace bitloom::verify {

/// The hardware description of a core.
hardware::Bismo hardware_of(const Core& core);

/// A workload with its schedule on some hardware.
struct ScheduledLayer {
  Workload workload;
  mapping::Schedule schedule;
  Cycles expected;
};

/// Random workloads with what the analytic engine says of them, at most `most_cycles` long.
class RandomLayers {
 public:
  RandomLayers(const hardware::Bismo& hardware, std::uint64_t seed, std::int64_t most_cycles);
  ScheduledLayer next();

 private:
  hardware::Bismo hardware_;
  RandomWorkloads workloads_;
};

}  // namespace bitloom::verify
