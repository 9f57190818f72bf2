#pragma once

#include "base/json_value.h"
#include "reports/results/run.h"

/// Single files of a run's folder.
namespace bitloom::reports {

/// What a run is called: the last part of its folder. A UserError where that is no readable line.
std::string run_name(const std::string& folder);

/// The command as a shell takes it; empty where the manifest has none.
std::string command_line(const JsonValue& manifest);

Sensitivities read_sensitivities(const JsonValue& file);

/// `episodes.csv`: a header with `episode` and `reward` at least, then a row an episode. Columns
/// with a unit that are no others are costs. An unfinished last line, of a search that still runs,
/// is left out.
std::vector<Episode> read_episodes(const std::string& text, const std::string& path);

}  // namespace bitloom::reports
