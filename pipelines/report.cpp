#include "pipelines/report.h"

#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/output_file.h"
#include "pipelines/svg_drawing.h"
#include "reports/html/report.h"

namespace bitloom::pipelines {
namespace {

/// Files that are written when all of them are known.
using FigureFiles = std::vector<std::pair<std::string, std::string>>;

void require_different_runs(const std::vector<std::string>& folders) {
  std::set<std::filesystem::path> given;
  for (const std::string& folder : folders)
    if (!given.insert(std::filesystem::weakly_canonical(folder + "/")).second)
      throw UserError(fmt::format("RUN: {} is given twice", folder));
}

void add_csv_files(const reports::Report& report, const std::string& folder, FigureFiles& files) {
  for (const reports::Section& section : report.sections)
    for (const reports::Figure& figure : section.figures)
      files.emplace_back(fmt::format("{}/{}.csv", folder, reports::figure_id(section, figure)),
                         figure.data.csv());
}

void add_svg_files(const reports::Report& report, const std::string& folder, FigureFiles& files) {
  for (const auto& [id, svg] : draw_svgs(reports::svg_script(report)))
    files.emplace_back(fmt::format("{}/{}.svg", folder, id), reports::on_paper(svg));
}

/// Those of each run under its title, then those of all runs together.
std::vector<std::string> lines_of(const reports::Report& report) {
  std::vector<std::string> lines;
  const auto add = [&](const reports::Section& section) {
    if (report.sections.size() > 1) lines.insert(lines.end(), {"", section.title});
    lines.insert(lines.end(), section.lines.begin(), section.lines.end());
  };
  for (const reports::Section& section : report.sections)
    if (section.run) add(section);
  for (const reports::Section& section : report.sections)
    if (!section.run) add(section);
  return lines;
}

void make_folder(const char* option, const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure)
    throw UserError(fmt::format("{}: {}: cannot be made: {}", option, path, failure.message()));
}

}  // namespace

ReportOfRuns report(const ReportOptions& options) {
  require_different_runs(options.runs);
  std::vector<reports::Run> runs;
  for (const std::string& folder : options.runs) runs.push_back(reports::read_run(folder));
  const reports::Report report = reports::make_report(runs, BITLOOM_VERSION);
  FigureFiles files;
  if (options.csv_folder) add_csv_files(report, *options.csv_folder, files);
  if (options.svg_folder) add_svg_files(report, *options.svg_folder, files);
  if (options.csv_folder) make_folder("--csv", *options.csv_folder);
  if (options.svg_folder) make_folder("--svg", *options.svg_folder);
  for (const auto& [path, text] : files) write_file(path, text);
  ReportOfRuns told{.lines = lines_of(report), .html = {}, .markdown = {}};
  if (options.html) told.html = reports::report_html(report);
  if (options.markdown) told.markdown = reports::report_markdown(report);
  return told;
}

}  // namespace bitloom::pipelines
