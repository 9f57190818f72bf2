#include "cli/man_page.h"

#include <sstream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/action.h"
#include "cli/output.h"

namespace bitloom::cli {
namespace {

constexpr const char* kEnvironment = R"(.SH ENVIRONMENT
.TP
.B BITLOOM_CONFIGS
The folder of hardware descriptions, spaces and memories in place of those that come with bitloom.
.TP
.B XDG_CACHE_HOME
Where things are kept that can be made again, in a folder bitloom; else ~/.cache.
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
The RTL and the engines differ, or a figure is beyond its tolerance.
.TP
.B 2
A mistake in a file or on the command line, told in one line; or no policy keeps the budgets.
.TP
.B 3
A fault of the program. Please report it.
)";

/// `text` as troff reads it: nothing in it is a request or an escape.
std::string escaped(std::string_view text) {
  std::string out;
  bool begins_line = true;
  for (const char c : text) {
    if (begins_line && (c == '.' || c == '\'')) out += "\\&";
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '^':
        out += "\\(ha";
        break;
      default:
        out += c;
    }
    begins_line = c == '\n';
  }
  return out;
}

/// `-o, --output FILE`, or the name of a positional.
std::string heading(const CLI::Option& option) {
  std::string names;
  const auto add = [&names](const std::string& name) {
    names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", escaped(name));
  };
  for (const std::string& name : option.get_snames()) add("-" + name);
  for (const std::string& name : option.get_lnames()) add("--" + name);
  const std::string& type = option.get_type_name();
  if (names.empty())
    return fmt::format("\\fI{}\\fR", escaped(type.empty() ? option.get_name(true) : type));
  if (option.get_items_expected_max() > 0 && !type.empty())
    names += fmt::format(" \\fI{}\\fR", escaped(type));
  return names;
}

std::string tagged(std::string_view tag, std::string_view description) {
  return fmt::format(".TP\n{}\n{}\n", tag, escaped(description));
}

bool has_options(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options())
    if (option != command.get_help_ptr() && option != command.get_help_all_ptr()) return true;
  return false;
}

/// What the help has below `Example:`.
std::string example_of(const CLI::App& command) {
  std::istringstream lines(command.get_footer());
  std::string text, line;
  std::getline(lines, line);
  while (std::getline(lines, line))
    text += escaped(std::string_view(line).substr(std::min<std::size_t>(2, line.size()))) + "\n";
  return text.empty() ? "" : ".PP\nExample:\n.PP\n.EX\n" + text + ".EE\n";
}

/// A part for `command` and each command below it that has options.
std::string parts_of(const CLI::App& command, const std::string& path) {
  std::string text;
  if (has_options(command)) {
    text = fmt::format(".SS {}\n{}.\n", escaped(path), escaped(command.get_description()));
    for (const CLI::Option* option : command.get_options())
      text += tagged(heading(*option), option->get_description());
    text += example_of(command);
  }
  for (const CLI::App* each : command.get_subcommands({}))
    text += parts_of(*each, path + " " + each->get_name());
  return text;
}

}  // namespace

std::string man_page(const CLI::App& program) {
  std::string text = fmt::format(
      ".TH BITLOOM 1 \"\" \"bitloom {}\" \"User Commands\"\n.SH NAME\n{}\n"
      ".SH SYNOPSIS\n.B bitloom\n.I COMMAND\n.RI [ OPTION ...]\n.SH COMMANDS\n",
      BITLOOM_VERSION,
      escaped("bitloom - latency and energy of mixed-precision networks on "
              "bit-serial accelerators, and bits within budgets"));
  for (const CLI::App* command : program.get_subcommands({}))
    text += tagged(fmt::format("\\fB{}\\fR", escaped(command->get_name())),
                   command->get_description() + ".");
  text += ".PP\n.B bitloom\n.I COMMAND\n.B \\-\\-help\ntells the options of every command.\n";
  text += ".SH OPTIONS\n";
  for (const CLI::App* command : program.get_subcommands({}))
    text += parts_of(*command, "bitloom " + command->get_name());
  return text + kEnvironment;
}

void add_man(CLI::App& program) {
  CLI::App* command =
      program.add_subcommand("man", "the manual page, which a terminal shows by `man -l FILE`");
  set_action(*command, [&program] { print(man_page(program)); });
}

}  // namespace bitloom::cli
