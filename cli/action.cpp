#include "cli/action.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/output.h"

namespace bitloom::cli {
namespace {

/// Options that name a file to write, in whichever command.
constexpr const char* kOutputs[] = {"csv",    "json",    "markdown",   "mismatch",
                                    "output", "outputs", "statistics", "trace"};

bool is_output(const CLI::Option& option) {
  return std::any_of(std::begin(kOutputs), std::end(kOutputs),
                     [&](const char* name) { return option.check_lname(name); });
}

/// The value as a whole, and its parts between `:`, `,` and `=`.
std::vector<std::string> names_in(const std::string& value) {
  std::vector<std::string> names{value};
  for (std::size_t start = 0, end = 0; end < value.size(); start = end + 1) {
    end = std::min(value.find_first_of(":,=", start), value.size());
    names.push_back(value.substr(start, end - start));
  }
  return names;
}

/// As help shows it: `--output`, or `RUN` of an argument that is `RUN...`.
std::string shown_name(const CLI::Option& option) {
  if (!option.get_positional()) return option.get_name();
  const std::string type = option.get_type_name();
  return type.substr(0, type.find("..."));
}

void require_kept_inputs(const CLI::App& command) {
  std::vector<FileOption> outputs, inputs;
  std::error_code failure;
  for (const CLI::Option* option : command.get_options([](const CLI::Option* each) {
         return each->count() > 0 && each->get_items_expected_max() > 0;
       }))
    for (const std::string& value : option->results()) {
      if (is_output(*option)) {
        outputs.push_back({shown_name(*option), value});
        continue;
      }
      for (const std::string& name : names_in(value))
        if (std::filesystem::is_regular_file(name, failure))
          inputs.push_back({shown_name(*option), name});
    }
  require_different_files(outputs, inputs);
}

}  // namespace

void set_action(CLI::App& command, std::function<void()> act) {
  command.callback([&command, act = std::move(act)] {
    require_kept_inputs(command);
    act();
  });
}

}  // namespace bitloom::cli
