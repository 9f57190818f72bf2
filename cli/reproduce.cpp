#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/action.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/output.h"
#include "pipelines/reproduce.h"
#include "reports/description.h"
#include "reports/text/reproduction.h"

namespace bitloom::cli {
namespace {

constexpr int kBeyondTolerance = 1;  // exit code

struct ReproduceOptions {
  std::vector<std::string> tables;
  std::optional<std::string> html;
  std::optional<std::string> markdown;
  std::optional<std::string> json;
};

void list_tables() {
  std::vector<reports::Listed> rows;
  for (const pipelines::ReproducibleTable& table : pipelines::reproducible_tables())
    rows.push_back({table.name, {table.paper + ", " + table.table}});
  print(reports::list_text({"table", "what it is"}, rows, list_width()));
}

/// Whether `list` is asked for; a UserError where anything else is, too.
bool asks_for_list(const ReproduceOptions& options) {
  const auto& tables = options.tables;
  if (std::find(tables.begin(), tables.end(), "list") == tables.end()) return false;
  if (tables.size() > 1 || options.html || options.markdown || options.json)
    throw UserError("list stands alone: it takes no tables, -o, --markdown or --json");
  return true;
}

int run(const ReproduceOptions& options) {
  if (asks_for_list(options)) {
    list_tables();
    return 0;
  }
  require_html("-o", options.html);
  Destination html(options.html), markdown(options.markdown), json(options.json);
  const reports::ReproductionFile result = pipelines::reproduce(options.tables, host());
  if (html.wanted()) html.write(pipelines::reproduction_html(result));
  if (markdown.wanted()) markdown.write(reports::reproduction_markdown(result, options.tables));
  if (json.wanted()) json.write(reports::json_text(result));
  html.finish();
  markdown.finish();
  json.finish();
  if (!html.is_standard_output() && !markdown.is_standard_output() && !json.is_standard_output())
    print(reports::reproduction_text(result, output_width()));
  return result.count(reports::kFail) == 0 ? 0 : kBeyondTolerance;
}

}  // namespace

void add_reproduce(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<ReproduceOptions>();
  CLI::App* command = program.add_subcommand(
      "reproduce",
      "published tables of papers and simulators beside bitloom's figures, with the error of each; "
      "exits with 1 where a figure is beyond its tolerance");
  command->add_option("tables", options->tables, "list, all, or names of the list")
      ->required()
      ->type_name("list|all|TABLE...");
  command
      ->add_option("-o,--output", options->html, "a page that needs no other file and no network")
      ->type_name("FILE.html");
  command->add_option("--markdown", options->markdown, "the same as Markdown; - is standard output")
      ->type_name("FILE");
  command->add_option("--json", options->json, "write it as JSON; - is standard output")
      ->type_name("FILE");
  set_action(*command, [options, &exit_code] { exit_code = run(*options); });
}

}  // namespace bitloom::cli
