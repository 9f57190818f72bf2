#pragma once

#include "base/json_value.h"
#include "reports/results/run.h"

/// Single files of a run's folder.
namespace bitloom::reports {

Sensitivities read_sensitivities(const JsonValue& file);

/// `episodes.csv`: a header with `episode` and `reward` at least, then a row an episode. Columns
/// with a unit that are no others are costs. An unfinished last line, of a search that still runs,
/// is left out.
std::vector<Episode> read_episodes(const std::string& text, const std::string& path);

}  // namespace bitloom::reports
