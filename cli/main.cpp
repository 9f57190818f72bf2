#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/companions.h"
#include "cli/completion.h"
#include "cli/man_page.h"
#include "cli/program.h"

int main(int argc, char** argv) {
  using namespace bitloom::cli;
  if (const auto exit_code = run_companion(argc, argv)) return *exit_code;
  CLI::App program{
      "bitloom: latency and energy of mixed-precision networks on bit-serial accelerators",
      "bitloom"};
  int exit_code = 0;
  set_up_program(program);
  add_simulate(program);
  add_compare(program);
  add_lut(program);
  add_explore(program);
  add_list(program);
  add_describe(program);
  add_search(program);
  add_report(program);
  add_export(program);
  add_import(program);
  add_reproduce(program, exit_code);
  add_completion(program);
  add_man(program);
  add_companion_commands(program);
  return run_program(program, exit_code, argc, argv);
}
