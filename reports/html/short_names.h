#pragma once

#include <string>
#include <vector>

namespace bitloom::reports {

/// Names that fit a legend: those of more than 28 characters are cut in the middle, or at what they
/// begin with alike, so that names that differ stay different.
std::vector<std::string> short_names(const std::vector<std::string>& names);

}  // namespace bitloom::reports
