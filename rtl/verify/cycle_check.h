#pragma once

#include <functional>
#include <optional>
#include <string>

#include "rtl/verify/layer_run.h"
#include "rtl/verify/plane_diagnosis.h"

namespace bitloom::verify {

/// Length of a phase by an engine, without pipeline_cycles.
using PhaseLength = std::function<Cycles(const mapping::Phase&, mapping::OuterOperand)>;

/// The first number of cycles or slots that was not the expected one.
struct WrongCycles {
  enum class What { kIssueSlots, kPhase, kTotal };
  What what = What::kTotal;
  PhaseIndex phase;  // not for kTotal
  std::int64_t expected = 0;
  std::int64_t got = 0;
};

/// Compares each phase's slots with the schedule's and its cycles with `length` + the core's
/// pipeline_cycles, then the layer's total with `total` (of an engine that charges pipeline_cycles
/// too); nothing where all are equal.
std::optional<WrongCycles> check_cycles(const LayerRun& run, const mapping::Schedule& schedule,
                                        const PhaseLength& length, Cycles total);

/// `conv1: wrong value at pixel 26, channel 5 (pixel tile 3, channel tile 0, product 0, ...),
/// which is image 0, output channel 5, row 3, column 2: expected -31, got 12; ...`.
std::string to_text(const WrongValue& wrong, const std::string& layer,
                    std::optional<PlanePair> planes = std::nullopt);
std::string to_text(const WrongCycles& wrong, const std::string& layer);
/// Of a run that was given up; `values` is how many the layer has.
std::string to_text(const Standstill& stuck, const LayerRun& run, std::int64_t values,
                    const std::string& layer);

}  // namespace bitloom::verify
