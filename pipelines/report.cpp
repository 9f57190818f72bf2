#include "pipelines/report.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/json_value.h"
#include "base/output_file.h"
#include "pipelines/explore/store_report.h"
#include "pipelines/svg_drawing.h"
#include "reports/html/exploration_sections.h"
#include "reports/html/result_sections.h"
#include "reports/technology.h"

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

/// The last `count` parts of a folder's path: `a-run`.
std::string last_parts(const std::filesystem::path& folder, std::size_t count) {
  std::filesystem::path rest = folder;
  std::string name = rest.filename().string();
  for (std::size_t i = 1; i < count && rest.has_parent_path(); ++i) {
    rest = rest.parent_path();
    name = rest.filename().string() + "-" + name;
  }
  return name;
}

/// Names runs whose folders have the same last part by as many parts as tell them apart.
void tell_apart(const std::vector<std::filesystem::path>& folders,
                std::vector<reports::Run>& runs) {
  constexpr std::size_t kMostParts = 64;
  const auto is_same = [&](std::size_t i, std::size_t j, std::size_t count) {
    return last_parts(folders[i], count) == last_parts(folders[j], count);
  };
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::size_t count = 1;
    for (std::size_t j = 0; j < runs.size(); ++j)
      if (i != j && is_same(i, j, 1))
        while (count < kMostParts && is_same(i, j, count)) ++count;
    if (count > 1) runs[i].name = last_parts(folders[i], count);
  }
}

void add_csv_files(const reports::Report& report, const std::string& folder, FigureFiles& files) {
  for (const reports::Section& section : report.sections)
    for (const reports::Figure& figure : section.figures)
      files.emplace_back(fmt::format("{}/{}.csv", folder, reports::figure_id(section, figure)),
                         figure.data.csv());
}

void add_svg_files(std::string_view option, const reports::Report& report,
                   const std::string& folder, FigureFiles& files) {
  for (const auto& [id, svg] : draw_svgs(option, reports::svg_script(report)))
    files.emplace_back(fmt::format("{}/{}.svg", folder, id), reports::on_paper(svg));
}

/// Those of each run under its title, then those of all runs together.
std::vector<std::string> lines_of(const reports::Report& report) {
  std::vector<std::string> lines;
  const auto add = [&](const reports::Section& section) {
    if (section.lines.empty()) return;
    if (report.sections.size() > 1) lines.insert(lines.end(), {"", section.title});
    lines.insert(lines.end(), section.lines.begin(), section.lines.end());
  };
  for (const reports::Section& section : report.sections)
    if (section.run) add(section);
  for (const reports::Section& section : report.sections)
    if (!section.run) add(section);
  return lines;
}

/// A name of its own for a section of the report: the file's, where the section is not alone.
std::string section_name(const std::string& file, const reports::Report& report) {
  const std::string stem = std::filesystem::path(file).stem().string();
  std::string id = stem;
  const auto is_taken = [&] {
    return std::any_of(report.sections.begin(), report.sections.end(),
                       [&](const reports::Section& section) { return section.id == id; });
  };
  for (int i = 2; is_taken(); ++i) id = fmt::format("{}_{}", stem, i);
  return id;
}

/// Of what a report is made: a title of each part, and the simulations among them.
struct Parts {
  std::vector<std::string> titles;
  std::vector<reports::SimulationFile> simulations;

  /// That of the only part; of several, what they come to together.
  std::string title() const {
    if (titles.size() == 1) return titles.front();
    if (simulations.size() == titles.size()) return reports::title_of(simulations);
    return fmt::format("{} results: {}", titles.size(), fmt::join(titles, "; "));
  }
};

/// Appends what a file of `simulate` or `compare` says.
void add_result(const std::string& file, bool among_others, Parts& parts, reports::Report& report) {
  const JsonValue json = JsonValue::load(file);
  const std::string id = among_others ? section_name(file, report) : "";
  if (json.json().contains("agreements"))
    report.sections.push_back(reports::section_of(reports::read_comparison(json), id));
  else if (json.json().contains("layer_statistics"))
    report.sections.push_back(reports::section_of(reports::read_statistics(json), id));
  else if (json.json().contains("layers") && json.json().contains("total")) {
    parts.simulations.push_back(reports::read_simulation(json));
    report.sections.push_back(reports::section_of(parts.simulations.back(), id));
  } else
    throw UserError(
        file +
        ": must be a run's folder, a store of explore, what simulate or compare write by "
        "--json, or what evaluate writes by --statistics");
  parts.titles.push_back(report.sections.back().title);
}

/// Appends what a store of `explore` holds.
void add_store(const std::string& store, bool among_others, const Host& host, Parts& parts,
               reports::Report& report) {
  const reports::ExploredStore explored = explored_store(store, host);
  const std::string id = among_others ? section_name(store, report) : "";
  for (reports::Section& section : reports::sections_of(explored, id))
    report.sections.push_back(std::move(section));
  parts.titles.push_back(reports::title_of(explored));
}

void make_folder(std::string_view option, const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure)
    throw UserError(fmt::format("{}: {}: cannot be made: {}", option, path, failure.message()));
}

/// Says first, and warns, where energies of the page do not compare.
void add_mixed_technologies(const Host& host, reports::Report& report) {
  std::vector<std::string> technologies;
  for (const reports::Section& section : report.sections)
    technologies.insert(technologies.end(), section.technologies.begin(),
                        section.technologies.end());
  const std::string mixed = reports::mixed_technologies_text(technologies, "page");
  if (mixed.empty()) return;
  if (host.warning) host.warning("report: " + mixed);
  const std::string line = fmt::format("Energies of different technologies do not compare: {}.",
                                       fmt::join(reports::told_technologies(technologies), ", "));
  report.sections.insert(report.sections.begin(), {"", "Energies", {line}, {}, {}, nullptr});
}

}  // namespace

ReportOfRuns report(const ReportOptions& options, const Host& host) {
  require_different_runs(options.runs);
  std::vector<reports::Run> runs;
  std::vector<std::filesystem::path> folders;
  std::vector<std::string> files_of_results, stores, trainings;
  for (const std::string& path : options.runs)
    if (is_database(path))
      stores.push_back(path);
    else if (path.ends_with(".json") && std::filesystem::is_regular_file(path))
      files_of_results.push_back(path);
    else if (reports::is_training(path))
      trainings.push_back(path);
    else {
      runs.push_back(reports::read_run(path));
      const std::filesystem::path folder = std::filesystem::weakly_canonical(path);
      folders.push_back(folder.has_filename() ? folder : folder.parent_path());
    }
  tell_apart(folders, runs);
  reports::Report report{"", BITLOOM_VERSION, {}};
  Parts parts;
  if (!runs.empty()) {
    report = reports::make_report(runs, BITLOOM_VERSION);
    parts.titles.push_back(report.title);
  }
  for (const std::string& file : files_of_results)
    add_result(file, options.runs.size() > 1, parts, report);
  for (const std::string& folder : trainings) {
    const std::string id = options.runs.size() > 1 ? section_name(folder, report) : "";
    report.sections.push_back(reports::section_of(reports::read_training(folder), id));
    parts.titles.push_back(report.sections.back().title);
  }
  for (const std::string& store : stores)
    add_store(store, options.runs.size() > 1, host, parts, report);
  report.title = parts.title();
  add_mixed_technologies(host, report);
  FigureFiles files;
  if (options.csv_folder) add_csv_files(report, *options.csv_folder, files);
  if (options.svg_folder) add_svg_files("--svg", report, *options.svg_folder, files);
  if (options.csv_folder) make_folder("--csv", *options.csv_folder);
  if (options.svg_folder) make_folder("--svg", *options.svg_folder);
  for (const auto& [path, text] : files) write_file(path, text);
  ReportOfRuns told{.lines = lines_of(report), .html = {}, .markdown = {}};
  if (options.html) told.html = reports::report_html(report);
  if (options.markdown) told.markdown = reports::report_markdown(report);
  return told;
}

void draw_figures(std::string_view option, const reports::SimulationFile& simulation,
                  const std::string& folder) {
  const reports::Report report{"", BITLOOM_VERSION, {reports::section_of(simulation, "")}};
  FigureFiles files;
  add_csv_files(report, folder, files);
  add_svg_files(option, report, folder, files);
  make_folder(option, folder);
  for (const auto& [path, text] : files) write_file(path, text);
}

}  // namespace bitloom::pipelines
