#pragma once

#include <string>

#include "reports/results/reproduction_file.h"

namespace bitloom::reports {

/// Each table with what it assumes and its figures, then what all of them come to.
std::string reproduction_text(const ReproductionFile& reproduction, std::size_t max_width);

/// The same as a page of Markdown, the summary first.
std::string reproduction_markdown(const ReproductionFile& reproduction);

}  // namespace bitloom::reports
