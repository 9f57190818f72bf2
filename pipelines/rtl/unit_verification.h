#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/graph/filter_bits.h"
#include "pipelines/rtl/verify.h"
#include "rtl/verify/unit_run.h"

/// What verification shares where one unit or column of an array stands for it, built in.
namespace bitloom::pipelines {

/// Refuses options that only a whole array has; `unit`: `the column of shift units`.
void require_for_a_unit(const VerifyOptions& options, const std::string& unit);

/// The chosen layers of the network, if there is one, in parts of one width each; `require_mapped`
/// throws a UserError for those that the machine cannot run.
std::vector<graph::FilterPart> chosen_parts(
    const VerifyOptions& options, std::int64_t batch, const Host& host,
    const std::function<void(const graph::FilterPart&)>& require_mapped);

/// Workloads that are made when it is their turn: parts first, then random ones.
template <class Workload>
struct UnitWorkloads {
  std::size_t count = 0;
  std::function<Workload(std::size_t)> make;
};

/// `verdict` with what a run showed; `unit`: `column`, that the cycles are of.
reports::Verdict compared(reports::Verdict verdict, const verify::UnitRun& run,
                          std::int64_t expected_cycles, const std::string& layer,
                          const std::string& unit);

/// The verdicts on so many workloads of a unit that has one register from its operands to its sum.
Verification judged_on_unit(const VerifyOptions& options, const std::string& hardware,
                            std::int64_t batch, const std::string& array, std::size_t count,
                            const Host& host,
                            const std::function<reports::Verdict(std::size_t)>& judge);

}  // namespace bitloom::pipelines
