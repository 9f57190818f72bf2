#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/action.h"
#include "cli/host.h"
#include "cli/learn/learn_commands.h"
#include "cli/learn/measured_search_options.h"
#include "cli/output.h"

namespace bitloom::cli {
namespace {

void run(const MeasuredSearchOptions& options) {
  const pipelines::MeasuredSearchOptions asked = options.choice();
  const pipelines::SearchResult result = pipelines::search_measured(asked, host());
  print(pipelines::search_result_text(result, output_width()) +
        fmt::format("written to {}\n", options.folder));
}

}  // namespace

void add_measured_search(CLI::App& program) {
  auto options = std::make_shared<MeasuredSearchOptions>();
  CLI::App* command = program.add_subcommand(
      "search", "the bits of each layer that lose least measured accuracy within budgets");
  options->add_to(*command);
  set_action(*command, [options] { run(*options); });
}

}  // namespace bitloom::cli
