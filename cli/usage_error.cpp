#include "cli/usage_error.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "base/text.h"

namespace bitloom::cli {
namespace {

/// The commands that the arguments reached: `bitloom`, `describe`, `network`.
std::vector<const CLI::App*> reached(const CLI::App& program) {
  std::vector<const CLI::App*> commands{&program};
  for (auto chosen = program.get_subcommands(); !chosen.empty();
       chosen = commands.back()->get_subcommands())
    commands.push_back(chosen.front());
  return commands;
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

/// The first argument that the command did not take; none: "--".
std::string first_left(const CLI::App& command, const std::vector<std::string>& arguments) {
  const std::vector<std::string> left = command.remaining();
  for (const std::string& argument : arguments)
    if (argument != "--" && std::find(left.begin(), left.end(), argument) != left.end())
      return argument;
  return "--";
}

/// What CLI11 says of a command's options, where it can be said better.
std::string reworded(const CLI::App& command, const CLI::ParseError& misuse) {
  std::string message = misuse.what();
  std::replace(message.begin(), message.end(), '\n', ' ');
  const std::string name = message.substr(0, message.find(':'));
  if (message == "A subcommand is required")
    return fmt::format("a command is required: {}", fmt::join(command_names(command), ", "));
  if (message.find(": At Most 1 required") != std::string::npos)
    return name + " is given more than once";
  if (message.ends_with(" missing")) return name + ": its value is missing";
  return message;
}

/// The two kinds of search take options that the other does not know. `--weights` and the method
/// say which kind is meant (companions.h).
constexpr std::string_view kOfSensitivities[] = {"--json",   "--layers-csv", "--max-omega",
                                                 "--pareto", "--problem",    "--time-limit"};
constexpr std::string_view kOfAccuracy[] = {
    "--data",         "--split",         "--images",        "--test-data",
    "--test-split",   "--test-images",   "--train-data",    "--train-split",
    "--train-images", "--reward-images", "--final-images",  "--quantizer",
    "--granularity",  "--ptq",           "--episodes",      "--seed",
    "--warmup",       "--init",          "--max-loss",      "--episode-finetune",
    "--normalize",    "--threads",       "--finetune-rate", "--finetune-epochs",
    "--bits-by"};

/// What a search says of an option of the other kind; empty where it is none.
std::string of_other_search(const std::string& option) {
  const auto is_in = [&](const auto& options) {
    return std::find(std::begin(options), std::end(options), option) != std::end(options);
  };
  if (is_in(kOfSensitivities))
    return option +
           " is of searches by sensitivities: leave out --weights, and choose --method "
           "hawq-v3, hawq-v2, hawq or kernel-wise";
  if (is_in(kOfAccuracy))
    return option +
           " is of searches that measure accuracy: give --weights and --data, and "
           "--method haq, random, evolve, anneal, greedy or autoq";
  return {};
}

/// The only command that has an option of exactly that name; empty where none or several do.
std::string only_command_with(const CLI::App& program, const std::string& option) {
  std::string found;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    if (!option.starts_with("--") || !command->get_option_no_throw(option)) continue;
    if (!found.empty()) return "";
    found = command->get_name();
  }
  return found;
}

/// What could be meant by an option that the command does not have; empty where nothing is known.
std::string meant(const CLI::App& program, const CLI::App& command, const std::string& option) {
  if (option == "--sweep" &&
      (command.get_option_no_throw("--hardware") || command.get_option_no_throw("--space")))
    return "compare --sweep prices the machines of a grid";
  const std::vector<std::string> near = nearest_names(option, option_names(command));
  if (!near.empty()) return fmt::format("did you mean {}?", fmt::join(near, ", "));
  const std::string other = only_command_with(program, option);
  return other.empty() ? "" : other + " has one";
}

/// `unknown option '--bitz': did you mean --bits?`; the help has the whole list.
std::string unknown_option(const CLI::App& program, const CLI::App& command,
                           const std::string& argument) {
  const std::string given = argument.substr(0, argument.find('='));
  if (command.get_name() == "search")
    if (std::string other = of_other_search(given); !other.empty()) return other;
  const std::string hint = meant(program, command, given);
  return fmt::format("unknown option '{}'{}", excerpt(given), hint.empty() ? "" : ": " + hint);
}

}  // namespace

std::string usage_error(const CLI::App& program, const CLI::ParseError& misuse,
                        const std::vector<std::string>& arguments) {
  std::string path;
  const auto with_hint = [&](const std::string& complaint) {
    return std::string(
        UserError(fmt::format("{}: {} (see {} --help)", path, complaint, path)).what());
  };
  const std::vector<const CLI::App*> commands = reached(program);
  for (const CLI::App* command : commands) {
    path += (path.empty() ? "" : " ") + command->get_name();
    const std::string left = first_left(*command, arguments);
    if (left == "--") continue;
    if (is_option(left)) return with_hint(unknown_option(program, *command, left));
    if (command == commands.back() && !command_names(*command).empty())
      return unknown_name("command", left, command_names(*command)).what();
    return with_hint(fmt::format("unexpected argument '{}'", excerpt(left)));
  }
  return with_hint(reworded(*commands.back(), misuse));
}

}  // namespace bitloom::cli
