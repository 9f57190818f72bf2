#include <filesystem>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/svg_drawing.h"
#include "reports/html/report.h"

namespace bitloom::cli {
namespace {

struct ReportOptions {
  std::vector<std::string> folders;
  std::optional<std::string> html;
  std::optional<std::string> markdown;
  std::optional<std::string> csv;
  std::optional<std::string> svg;
};

/// Files that are written when all of them are known.
using Files = std::vector<std::pair<std::string, std::string>>;

void add_csv_files(const reports::Report& report, const std::string& folder, Files& files) {
  for (const reports::Section& section : report.sections)
    for (const reports::Figure& figure : section.figures)
      files.emplace_back(fmt::format("{}/{}.csv", folder, reports::figure_id(section, figure)),
                         figure.data.csv());
}

void add_svg_files(const reports::Report& report, const std::string& folder, Files& files) {
  for (const auto& [id, svg] : draw_svgs(reports::svg_script(report)))
    files.emplace_back(fmt::format("{}/{}.svg", folder, id), reports::on_paper(svg));
}

void make_folder(const char* option, const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure)
    throw UserError(fmt::format("{}: {}: cannot be made: {}", option, path, failure.message()));
}

void write(const Files& files) {
  for (const auto& [path, text] : files) write_file(path, text);
}

void run(const ReportOptions& options) {
  if (!options.html && !options.markdown && !options.csv && !options.svg)
    throw UserError(
        "bitloom report: -o, --markdown, --csv or --svg is required (see bitloom report "
        "--help)");
  std::set<std::filesystem::path> given;
  for (const std::string& folder : options.folders)
    if (!given.insert(std::filesystem::weakly_canonical(folder + "/")).second)
      throw UserError(fmt::format("RUN: {} is given twice", folder));
  std::vector<FileOption> inputs;
  for (const std::string& folder : options.folders)
    for (const char* file :
         {"manifest.json", "policy.json", "search.json", "sensitivity.json", "frontier.json",
          "result.json", "simulation.json", "verify.json", "episodes.csv"})
      inputs.push_back({"RUN", folder + "/" + file});
  require_different_files({{"-o", options.html}, {"--markdown", options.markdown}}, inputs);
  Destination html(options.html), markdown(options.markdown);
  std::vector<reports::Run> runs;
  for (const std::string& folder : options.folders) runs.push_back(reports::read_run(folder));
  const reports::Report report = reports::make_report(runs, BITLOOM_VERSION);
  Files files;
  if (options.csv) add_csv_files(report, *options.csv, files);
  if (options.svg) add_svg_files(report, *options.svg, files);
  if (options.csv) make_folder("--csv", *options.csv);
  if (options.svg) make_folder("--svg", *options.svg);
  if (html.wanted()) html.write(reports::report_html(report));
  if (markdown.wanted()) markdown.write(reports::report_markdown(report));
  write(files);
  html.finish();
  markdown.finish();
  if (html.is_standard_output() || markdown.is_standard_output()) return;
  for (const reports::Section& section : report.sections)
    for (const std::string& line : section.lines) print(line + "\n");
  for (const auto& path : {options.html, options.markdown, options.csv, options.svg})
    if (path) print(fmt::format("written to {}\n", *path));
}

}  // namespace

void add_report(CLI::App& program) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = program.add_subcommand(
      "report", "what searches found: one HTML file, Markdown, CSV or SVG figures");
  command->add_option("runs", options->folders, "the folders of one search or several")
      ->required()
      ->type_name("RUN...");
  command
      ->add_option("-o,--output", options->html, "a page that needs no other file and no network")
      ->type_name("FILE.html");
  command->add_option("--markdown", options->markdown, "the same as tables")->type_name("FILE");
  command->add_option("--csv", options->csv, "the data of each figure")->type_name("FOLDER");
  command->add_option("--svg", options->svg, "the figures as drawings; needs node")
      ->type_name("FOLDER");
  command->callback([options] { run(*options); });
}

}  // namespace bitloom::cli
