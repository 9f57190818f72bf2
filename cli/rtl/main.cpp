#include <CLI/CLI.hpp>

#include "cli/program.h"
#include "cli/rtl/verify_command.h"

int main(int argc, char** argv) {
  CLI::App program{"bitloom-verify: the command of bitloom that runs the Verilated RTL", "bitloom"};
  bitloom::cli::set_up_program(program);
  int exit_code = 0;
  bitloom::cli::add_verify(program, exit_code);
  return bitloom::cli::run_program(program, exit_code, argc, argv);
}
