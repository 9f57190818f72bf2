#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reports/results/measured_search_file.h"

namespace bitloom::reports {

/// What a search by measured accuracy gained, a sentence each, plainly where it is nothing: the
/// policy found against the best uniform one and against where the search began. Differences of
/// accuracy within two standard errors are called chance. Costs are those of Candidate::cost().
std::vector<std::string> findings(const std::vector<Candidate>& candidates,
                                  const std::vector<Difference>& differences,
                                  const std::optional<Start>& start, std::int64_t episodes);

/// The least and the most that the energy of one may be of that of another, at the bounds of
/// constants, each of which has one value for both; none where no constant is bounded.
std::optional<std::pair<double, double>> energy_ratio(const Candidate& found,
                                                      const Candidate& other);

/// The same of the best uniform policy in a few words, for a title; empty where it was not
/// measured.
std::string gain_over_uniform(const std::vector<Candidate>& candidates,
                              const std::vector<Difference>& differences);

}  // namespace bitloom::reports
