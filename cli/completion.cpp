#include "cli/completion.h"

#include <algorithm>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/action.h"
#include "cli/configs.h"
#include "cli/host.h"
#include "cli/output.h"
#include "models/graph/zoo/zoo.h"
#include "pipelines/training_settings.h"
#include "sim/catalogue.h"

namespace bitloom::cli {
namespace {

constexpr const char* kBash = R"script(_bitloom() {
  local IFS=$'\n'
  COMPREPLY=($(bitloom complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _bitloom bitloom
)script";
constexpr const char* kZsh = R"script(#compdef bitloom
_bitloom() {
  local -a found
  found=(${(f)"$(bitloom complete "${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( ${#found} )); then compadd -- $found; else _files; fi
}
if [[ $funcstack[1] == _bitloom ]]; then _bitloom "$@"; else compdef _bitloom bitloom; fi
)script";
constexpr const char* kFish = R"script(function __bitloom_complete
  set -l found (bitloom complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  if set -q found[1]
    printf '%s\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c bitloom -f -a '(__bitloom_complete)'
)script";

struct Shell {
  std::string_view name, script;
};
constexpr Shell kShells[] = {{"bash", kBash}, {"zsh", kZsh}, {"fish", kFish}};

/// Names in the folder `spaces` beside that of hardware descriptions.
std::vector<std::string> space_names() {
  std::vector<std::string> names;
  std::error_code failure;
  const std::filesystem::path folder = std::filesystem::path(hardware_folder()) / "../spaces";
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure))
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  return names;
}

std::vector<std::string> network_names() {
  std::vector<std::string> names;
  for (const graph::ZooEntry& each : graph::zoo()) names.emplace_back(each.name);
  return names;
}

/// The names that a value of this kind may have.
std::vector<std::string> names_of(std::string_view kind) {
  if (kind == "network") return network_names();
  if (kind == "hardware") return hardware::hardware_names(hardware_folder());
  if (kind == "space") return space_names();
  if (kind == "recipe") return pipelines::recipe_names(host());
  return {};
}

std::vector<std::string> values_of(const CLI::Option& option) {
  return option.get_lnames().empty() ? std::vector<std::string>{}
                                     : names_of(option.get_lnames().front());
}

/// The command that the words begin, and the option whose value comes next, if one does.
struct Place {
  const CLI::App* command;
  const CLI::Option* option = nullptr;
};

Place place_behind(const CLI::App& program, const std::vector<std::string>& words) {
  Place place{&program};
  for (const std::string& word : words) {
    place.option = nullptr;
    if (word.rfind('-', 0) == 0) {
      const CLI::Option* option = place.command->get_option_no_throw(word);
      if (option && option->get_items_expected_max() > 0) place.option = option;
    } else {
      for (const CLI::App* command : place.command->get_subcommands({}))
        if (command->get_name() == word) place.command = command;
    }
  }
  return place;
}

std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// The commands below `command`, or what is named behind `describe network` and its like.
std::vector<std::string> words_behind(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* each : command.get_subcommands({})) names.push_back(each->get_name());
  return names.empty() ? names_of(command.get_name()) : names;
}

}  // namespace

std::string completions(const CLI::App& program, const std::vector<std::string>& words) {
  if (words.empty()) return {};
  const std::string& begun = words.back();
  const Place place = place_behind(program, {words.begin(), words.end() - 1});
  std::vector<std::string> all;
  if (place.option)
    all = values_of(*place.option);
  else if (begun.rfind('-', 0) == 0)
    all = options_of(*place.command);
  else
    all = words_behind(*place.command);
  std::string lines;
  for (const std::string& each : all)
    if (each.rfind(begun, 0) == 0) lines += each + "\n";
  return lines;
}

std::string completion_script(std::string_view shell) {
  std::vector<std::string> known;
  for (const Shell& each : kShells) {
    if (each.name == shell) return std::string(each.script);
    known.emplace_back(each.name);
  }
  throw unknown_name("shell", shell, known);
}

void add_completion(CLI::App& program) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = program.add_subcommand(
      "completion", "what a shell reads to complete commands, options and names");
  command->add_option("shell", *shell, "bash, zsh or fish")->required()->type_name("SHELL");
  set_action(*command, [shell] { print(completion_script(*shell)); });
}

}  // namespace bitloom::cli
