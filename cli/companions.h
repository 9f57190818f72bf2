#pragma once

#include <optional>

#include <CLI/CLI.hpp>

/// The programs that lie beside `bitloom` and run some of its commands: bitloom-learn, since
/// LibTorch takes long to start, and bitloom-verify, since Verilated cores take long to compile.
/// `bitloom` becomes them with its own arguments, as git does with its commands.
namespace bitloom::cli {

/// Becomes the program that runs the command in `argv`. Nothing where this program runs it; the
/// exit code 2 where that program is not there, which is said on standard error.
std::optional<int> run_companion(int argc, char** argv);
/// For the list of commands in the help.
void add_companion_commands(CLI::App& program);

}  // namespace bitloom::cli
