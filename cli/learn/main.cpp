#include <CLI/CLI.hpp>

#include "cli/learn/learn_commands.h"
#include "cli/program.h"
#include "models/torch/memory.h"

int main(int argc, char** argv) {
  bitloom::nn::keep_freed_memory();
  CLI::App program{"bitloom-learn: the commands of bitloom that train and evaluate networks",
                   "bitloom"};
  bitloom::cli::set_up_program(program);
  bitloom::cli::add_train(program);
  bitloom::cli::add_calibrate(program);
  bitloom::cli::add_finetune(program);
  bitloom::cli::add_evaluate(program);
  bitloom::cli::add_measured_search(program);
  bitloom::cli::add_record(program);
  bitloom::cli::add_sensitivity(program);
  bitloom::cli::add_list_quantizers(program);
  int exit_code = 0;
  return bitloom::cli::run_program(program, exit_code, argc, argv);
}
