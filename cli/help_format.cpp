#include "cli/help_format.h"

#include <sstream>

#include <CLI/CLI.hpp>

#include "reports/text/text_table.h"

namespace bitloom::cli {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kIndentOfExpanded = 2;  // CLI11's, of a command's part in --help-all

/// `text` in lines that fit beside what takes `taken` columns, without an end of line.
std::string beside(std::size_t taken, const std::string& text) {
  std::string lines = reports::wrapped(text, kWidth - taken - kIndentOfExpanded, "");
  lines.pop_back();
  return lines;
}

}  // namespace

std::string HelpFormat::make_description(const CLI::App* app) const {
  return beside(0, app->get_description()) + "\n";
}

std::string HelpFormat::make_subcommand(const CLI::App* command) const {
  std::ostringstream out;
  CLI::detail::format_help(out, command->get_display_name(true),
                           beside(get_column_width(), command->get_description()),
                           get_column_width());
  return out.str();
}

std::string HelpFormat::make_option_desc(const CLI::Option* option) const {
  return beside(get_column_width(), option->get_description());
}

}  // namespace bitloom::cli
