#pragma once

namespace CLI {
class App;
}

namespace bitloom::cli {

/// Adds `verify` to the program; `exit_code` becomes 1 where the RTL differs.
void add_verify(CLI::App& program, int& exit_code);

}  // namespace bitloom::cli
