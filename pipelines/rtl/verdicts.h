#pragma once

#include <cstddef>
#include <functional>

#include "pipelines/rtl/verify.h"
#include "rtl/verify/workload.h"

/// What the verification of every family shares.
namespace bitloom::pipelines {

/// 1-bit weights are -1 and +1 where the array can tell images apart; two's complement elsewhere.
verify::WeightCoding coding_of(const graph::LayerShape& layer, graph::Precision precision,
                               std::int64_t batch);

/// A verdict that says what was run, and not yet what that showed.
reports::Verdict verdict_on(const verify::Workload& workload);

/// `verification` of the verdicts `judge(0)` to `judge(count - 1)`, made one after the other. A
/// verdict with a complaint is none that passed.
Verification judged(reports::VerificationFile verification, std::size_t count, const Host& host,
                    const std::function<reports::Verdict(std::size_t)>& judge);

}  // namespace bitloom::pipelines
