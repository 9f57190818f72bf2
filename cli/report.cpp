#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/action.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/output.h"
#include "pipelines/report.h"
#include "reports/results/run.h"
#include "reports/text/text_table.h"

namespace bitloom::cli {
namespace {

struct ReportOptions {
  std::vector<std::string> folders;
  std::optional<std::string> html;
  std::optional<std::string> markdown;
  std::optional<std::string> csv;
  std::optional<std::string> svg;
};

void run(const ReportOptions& options) {
  if (!options.html && !options.markdown && !options.csv && !options.svg)
    throw UserError(
        "bitloom report: -o, --markdown, --csv or --svg is required (see bitloom report "
        "--help)");
  std::vector<FileOption> inputs;
  for (const std::string& folder : options.folders) {
    for (const std::string_view file : reports::kRunFiles)
      inputs.push_back({"RUN", fmt::format("{}/{}", folder, file)});
  }
  require_different_files({{"--output", options.html}, {"--markdown", options.markdown}}, inputs);
  require_html("-o", options.html);
  require_folder("--csv", options.csv);
  require_folder("--svg", options.svg);
  Destination html(options.html), markdown(options.markdown);
  const pipelines::ReportOfRuns report = pipelines::report({.runs = options.folders,
                                                            .html = html.wanted(),
                                                            .markdown = markdown.wanted(),
                                                            .csv_folder = options.csv,
                                                            .svg_folder = options.svg},
                                                           host());
  html.write(report.html);
  markdown.write(report.markdown);
  html.finish();
  markdown.finish();
  if (html.is_standard_output() || markdown.is_standard_output()) return;
  for (const std::string& line : report.lines)
    print(line.empty() ? "\n" : reports::wrapped(line, output_width(), ""));
  for (const auto& path : {options.html, options.markdown, options.csv, options.svg})
    if (path) print(fmt::format("written to {}\n", *path));
}

}  // namespace

void add_report(CLI::App& program) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = program.add_subcommand(
      "report",
      "what searches and explorations found, or simulate and compare say: one HTML file, "
      "Markdown, CSV or SVG figures");
  command
      ->add_option(
          "runs", options->folders,
          "the folders of one search or several, files of simulate --json and compare --json, and "
          "stores of explore")
      ->required()
      ->type_name("RUN...");
  command
      ->add_option("-o,--output", options->html, "a page that needs no other file and no network")
      ->type_name("FILE.html");
  command->add_option("--markdown", options->markdown, "the same as tables")->type_name("FILE");
  command->add_option("--csv", options->csv, "the data of each figure")->type_name("FOLDER");
  command->add_option("--svg", options->svg, "the figures as drawings; needs node")
      ->type_name("FOLDER");
  set_action(*command, [options] { run(*options); });
}

}  // namespace bitloom::cli
