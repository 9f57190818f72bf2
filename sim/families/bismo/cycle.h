#pragma once

#include <cstdint>
#include <optional>

#include "sim/families/bismo/counters.h"
#include "sim/families/bismo/description.h"
#include "sim/families/bismo/stream_stalls.h"
#include "sim/families/bismo/tokens.h"
#include "sim/kit/dram_actions.h"
#include "sim/kit/timing.h"

namespace bitloom::cycle {

struct RunOptions {
  std::optional<std::uint64_t> stall_seed =
      {};  // memory answers late at random (sim::stall_before)
  std::optional<mapping::QueueDepths> depths = {};  // QueueDepths::of_hardware unless given
  std::int64_t outstanding_reads = 8;               // of each port, at least 1
  Observer* observer = nullptr;                     // for instance a Trace
  mapping::StreamStalls stream_stalls = {};  // as the RTL's; of the instructions must not stall
};

struct Result {
  cost::Timing timing;
  Counters counters;
  std::int64_t wakes;                     // Accelerator::wakes
  std::optional<cost::DramActions> dram;  // nothing where the hardware has none
};

/// Simulates a schedule event by event on SystemC, with the memory that the hardware describes.
Result run(const mapping::Schedule& schedule, const hardware::Bismo& hardware,
           const RunOptions& options = {});

/// The same for instruction streams. A UserError names what is wrong with them before anything
/// runs.
Result run(const mapping::Program& program, const hardware::Bismo& hardware,
           const RunOptions& options = {});

}  // namespace bitloom::cycle
