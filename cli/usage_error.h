#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace bitloom::cli {

/// One line for a command line that cannot be parsed, with the nearest command or option where a
/// name is unknown.
std::string usage_error(const CLI::App& program, const CLI::ParseError& misuse,
                        const std::vector<std::string>& arguments);

}  // namespace bitloom::cli
