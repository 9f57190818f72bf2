#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bitloom::pipelines {

struct ReportOptions {
  std::vector<std::string> runs;  // their folders
  bool html = false;
  bool markdown = false;
  std::optional<std::string> csv_folder = {};  // that gets the data of each figure
  std::optional<std::string> svg_folder = {};  // that gets the figures as drawings; needs node
};

struct ReportOfRuns {
  std::vector<std::string> lines;  // what the runs were asked and found, in a few lines
  std::string html;                // one page that needs nothing else; empty unless asked for
  std::string markdown;            // the same as tables; empty unless asked for
};

/// What runs found, for people. Writes the figures to the folders that are asked for. A UserError
/// where a run is given twice, what is wrong of a run's folder, or where a figure cannot be drawn
/// or written.
ReportOfRuns report(const ReportOptions& options);

}  // namespace bitloom::pipelines
