#include "cli/commands.h"
#include "cli/learn_program.h"
#include "cli/program.h"

int main(int argc, char** argv) {
  using namespace bitloom::cli;
  if (is_for_learn_program(argc, argv)) return start_learn_program(argv);
  CLI::App program{
      "bitloom: latency and energy of mixed-precision networks on bit-serial accelerators",
      "bitloom"};
  set_up_program(program);
  add_simulate(program);
  add_compare(program);
  add_lut(program);
  add_list(program);
  add_describe(program);
  add_search(program);
  add_report(program);
  int exit_code = 0;
  add_verify(program, exit_code);
  add_learn_commands(program);
  return run_program(program, exit_code, argc, argv);
}
