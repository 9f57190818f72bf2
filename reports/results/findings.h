#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/results/measured_search_file.h"

namespace bitloom::reports {

/// What a search by measured accuracy gained, a sentence each, plainly where it is nothing: the
/// policy found against the best uniform one and against where the search began. Differences of
/// accuracy within two standard errors are called chance. Costs are those of Candidate::cost().
std::vector<std::string> findings(const std::vector<Candidate>& candidates,
                                  const std::vector<Difference>& differences,
                                  const std::optional<Start>& start, std::int64_t episodes);

/// The same of the best uniform policy in a few words, for a title; empty where it was not
/// measured.
std::string gain_over_uniform(const std::vector<Candidate>& candidates,
                              const std::vector<Difference>& differences);

}  // namespace bitloom::reports
