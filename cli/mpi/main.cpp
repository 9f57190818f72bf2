#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/host.h"
#include "cli/program.h"
#include "pipelines/mpi/ranks.h"

int main(int argc, char** argv) {
  using namespace bitloom;
  return pipelines::run_on_ranks(
      argc, argv, cli::host(), [&](const pipelines::MakeCrew& make_crew) {
        CLI::App program{"bitloom-mpi: the command of bitloom that runs on many machines",
                         "bitloom"};
        cli::set_up_program(program);
        cli::add_explore(program, make_crew);
        const int exit_code = 0;
        return cli::run_program(program, exit_code, argc, argv);
      });
}
