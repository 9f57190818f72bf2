#include "cli/usage_error.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::cli {
namespace {

/// The command that the arguments reached: `describe network`, not just `describe`.
const CLI::App* reached(const CLI::App* command) {
  for (;;) {
    const auto chosen = command->get_subcommands();
    if (chosen.empty()) return command;
    command = chosen.front();
  }
}

std::vector<std::string> command_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* sub : command.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

bool is_option(const std::string& argument) {
  return argument.size() > 1 && argument.front() == '-';
}

/// The first argument that the command does not know.
std::string unknown_argument(const CLI::App& command, const std::vector<std::string>& arguments) {
  const std::vector<std::string> known = option_names(command);
  for (const std::string& argument : arguments) {
    const std::string name = argument.substr(0, argument.find('='));
    if (is_option(name) && std::find(known.begin(), known.end(), name) == known.end()) return name;
  }
  return "";
}

}  // namespace

std::string usage_error(const CLI::App& program, const CLI::ParseError& misuse,
                        const std::vector<std::string>& arguments) {
  const CLI::App* command = reached(&program);
  std::string path = command->get_name();
  for (const CLI::App* above = command->get_parent(); above; above = above->get_parent())
    path = above->get_name() + " " + path;
  const bool needs_command = !command_names(*command).empty();
  if (needs_command && !arguments.empty() && !is_option(arguments.back()) &&
      arguments.back() != command->get_name())
    return unknown_name("command", arguments.back(), command_names(*command)).what();
  const std::string unknown = unknown_argument(*command, arguments);
  if (!unknown.empty()) return unknown_name("option", unknown, option_names(*command)).what();
  std::string message = misuse.what();
  std::replace(message.begin(), message.end(), '\n', ' ');
  return fmt::format("{}: {} (see {} --help)", path, message, path);
}

}  // namespace bitloom::cli
