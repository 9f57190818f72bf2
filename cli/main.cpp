#include "cli/commands.h"
#include "cli/learn_program.h"
#include "cli/program.h"

int main(int argc, char** argv) {
  using namespace bitloom::cli;
  if (argc > 1 && is_learn_command(argv[1])) return start_learn_program(argv);
  CLI::App program{
      "bitloom: latency and energy of mixed-precision networks on bit-serial accelerators",
      "bitloom"};
  add_simulate(program);
  add_lut(program);
  add_list(program);
  add_describe(program);
  add_search(program);
  int exit_code = 0;
  add_verify(program, exit_code);
  add_learn_commands(program);
  return run_program(program, exit_code, argc, argv);
}
