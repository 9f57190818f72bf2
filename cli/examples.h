#pragma once

namespace CLI {
class App;
}

namespace bitloom::cli {

/// Puts an example below the help of every command of `program`, from one table.
void add_examples(CLI::App& program);

}  // namespace bitloom::cli
