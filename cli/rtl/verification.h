#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rtl/verify/core.h"
#include "rtl/verify/workload.h"
#include "sim/families/bismo/description.h"

namespace bitloom::cli {

/// What running one layer on the Verilated RTL showed, beside what the engines say of it.
struct Verdict {
  std::string layer;
  graph::Precision precision;
  verify::WeightCoding weight_coding;
  bool signed_activations;
  std::int64_t values = 0;  // compared with the reference
  bool values_equal = false;
  std::int64_t rtl_cycles = 0;
  std::int64_t analytic_cycles = 0;
  std::optional<std::int64_t> cycle_cycles;  // none of a unit alone
  std::string complaint;                     // the first mismatch; empty where all is equal

  bool passed() const { return complaint.empty(); }
};

/// Runs `workload` on `core` with the schedule for `hardware`, whose pipeline_cycles are the
/// core's. Compares every value with a plain loop nest over the layer's definition, the beginning
/// and end of every phase with the cycle engine's, and, where the analytic engine knows them, every
/// phase's issue slots and cycles and the total with its own.
Verdict verify_layer(verify::Core& core, const verify::Workload& workload,
                     const hardware::Bismo& hardware);

}  // namespace bitloom::cli
