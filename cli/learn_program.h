#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

/// The commands that bitloom-learn runs, a program of its own since LibTorch takes long to start:
/// `bitloom` starts it with its own arguments, as git does with its commands.
namespace bitloom::cli {

/// Whether the arguments name one of its commands, or `list quantizers`.
bool is_for_learn_program(int argc, char** argv);
/// Becomes bitloom-learn, which lies beside this program; returns the exit code 2 where it does
/// not.
int start_learn_program(char** argv);
/// Runs bitloom-learn with `arguments` to its end. A UserError where it cannot be started, or
/// fails: it has said why.
void run_learn_program(const std::vector<std::string>& arguments);
/// For the list of commands in the help.
void add_learn_commands(CLI::App& program);

}  // namespace bitloom::cli
