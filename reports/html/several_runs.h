#pragma once

#include <string>
#include <vector>

#include "reports/results/run.h"

/// What several runs come to, in words.
namespace bitloom::reports {

/// The most accurate policy that the runs found; where they do not compare, what they are.
std::string title_of(const std::vector<Run>& runs);

/// A line of what each run found, then one for each thing that keeps them from being compared.
std::vector<std::string> lines_together(const std::vector<Run>& runs);

}  // namespace bitloom::reports
