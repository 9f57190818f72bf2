#pragma once

#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace bitloom::cli {

/// The manual page bitloom(1), as man(7) has it: every command of `program` with its options and
/// its example. Commands that other programs run are named without options.
std::string man_page(const CLI::App& program);

/// `man`, which prints it.
void add_man(CLI::App& program);

}  // namespace bitloom::cli
