#pragma once

#include <cstdint>
#include <vector>

#include "rtl/verify/fusion_unit.h"
#include "rtl/verify/unit_run.h"
#include "rtl/verify/workload.h"

namespace bitloom::verify {

/// Computes every output of `workload`, one after the other, on one unit whose sum comes back to
/// it, as a column's units would together, and compares with `expected` modulo 2^32. Operands of at
/// most 16 bits; bipolar weights of 1 bit.
UnitRun run_layer(FusionUnit& unit, const Workload& workload,
                  const std::vector<std::int64_t>& expected);

/// A linear layer, inputs and weights drawn with the seed: coded signed or not, in every so many
/// the extreme codes only.
Workload random_dot_products(graph::Precision precision, std::uint64_t seed);

}  // namespace bitloom::verify
