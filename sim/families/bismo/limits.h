#pragma once

#include <string_view>
#include <vector>

#include "sim/families/bismo/mapping.h"
#include "sim/family.h"

/// What limits a layer on a BISMO overlay.
namespace bitloom::cost {

/// The lifts that change anything of `hardware`, in the order of reports.
std::vector<sim::Lift> lifts_of(const hardware::Bismo& hardware);

/// The machines without `lifts_of(hardware)[lift]`, for jobs that are mapped as on the machine that
/// has it. None for operand fetch, of which `cycles_without_fetch` tells.
std::vector<sim::LiftedMachine> lifted(std::size_t lift, const std::vector<sim::Job>& jobs,
                                       const hardware::Bismo& hardware);

/// The same machine's description, lifted for one mapping. Nothing changes for operand fetch.
hardware::Bismo lifted(std::size_t lift, const mapping::Mapping& mapping,
                       const hardware::Bismo& hardware);

/// The cycles in which the array does not wait for operands.
Cycles cycles_without_fetch(const sim::Job& job, const sim::LayerResult& result,
                            const hardware::Bismo& hardware);

/// What a layer takes without `lifts_of(hardware)[lift]` at least. A larger array has as many
/// results for the result port, which still has to carry those of all tile pairs but the last.
Cycles least_without(std::size_t lift, const sim::Job& job, const sim::LayerResult& result,
                     const hardware::Bismo& hardware);

/// What most of a layer's cycles go on, in the words of cycle::Bound: the cycle engine's counters
/// tell; of the analytic engine, which does not know for which operand the array waits, the one
/// with more beats to come.
std::string_view bound_by(const sim::Job& job, const sim::LayerResult& result,
                          const hardware::Bismo& hardware);

/// What all ports carry a second at full width.
double bytes_per_second(const hardware::Bismo& hardware);

}  // namespace bitloom::cost
