#pragma once

#include "reports/html/report.h"
#include "reports/results/reproduction_file.h"

namespace bitloom::reports {

/// Published tables beside bitloom's figures: what all come to, then a section for each.
Report reproduction_report(const ReproductionFile& reproduction, const std::string& version);

}  // namespace bitloom::reports
