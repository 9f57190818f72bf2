#pragma once

#include <string>
#include <vector>

#include "reports/results/reproduction_file.h"

namespace bitloom::reports {

/// Each table with what it assumes and its figures, then what all of them come to.
std::string reproduction_text(const ReproductionFile& reproduction, std::size_t max_width);

/// The same as a page of Markdown, the summary first; it names the tables that were `asked` for.
std::string reproduction_markdown(const ReproductionFile& reproduction,
                                  const std::vector<std::string>& asked);

}  // namespace bitloom::reports
