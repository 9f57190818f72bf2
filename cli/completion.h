#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace bitloom::cli {

/// `bitloom complete WORD...`, which shells ask for completions(); no command that help lists.
inline constexpr std::string_view kCompleteCommand = "complete";

/// What may stand in place of the last of `words`, which follow the program's name and of which the
/// last may be empty: commands, options, and names of networks, hardware and spaces; a line each.
/// Empty where a file's name would be right, or nothing fits.
std::string completions(const CLI::App& program, const std::vector<std::string>& words);

/// What a shell reads to ask `bitloom complete WORD...`. A UserError unless it is bash, zsh or
/// fish.
std::string completion_script(std::string_view shell);

/// `completion`, which prints it.
void add_completion(CLI::App& program);

}  // namespace bitloom::cli
