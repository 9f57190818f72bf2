#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/host.h"

namespace bitloom::reports {
struct SimulationFile;
}

namespace bitloom::pipelines {

struct ReportOptions {
  std::vector<std::string> runs;  // their folders, .json files of `simulate` and `compare`, stores
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

/// What runs found and results say, for people. Writes the figures to the folders that are asked
/// for. A UserError where a run is given twice, what is wrong of a run's folder, or where a figure
/// cannot be drawn or written.
ReportOfRuns report(const ReportOptions& options, const Host& host = {});

/// The figures of a simulation, in a folder: the data of each as CSV, and drawn as SVG by node. A
/// UserError begins with `option`.
void draw_figures(std::string_view option, const reports::SimulationFile& simulation,
                  const std::string& folder);

}  // namespace bitloom::pipelines
