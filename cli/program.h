#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace bitloom::cli {

/// Gives `program` its help and version texts; commands are added afterwards and take them over.
void set_up_program(CLI::App& program);

/// Parses the arguments, and so runs a command. Returns the exit code: 2 for the user's mistakes,
/// told in one line on standard error; else `exit_code` as the command left it.
int run_program(CLI::App& program, const int& exit_code, int argc, char** argv);

}  // namespace bitloom::cli
