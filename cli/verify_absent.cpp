// `verify` of a program that was built without RTL.
#include "base/error.h"
#include "cli/commands.h"

namespace bitloom::cli {

void add_verify(CLI::App& program, int&) {
  CLI::App* command =
      program.add_subcommand("verify", "run layers on the Verilated RTL (not in this build)");
  command->allow_extras();
  command->callback([] {
    throw UserError(
        "bitloom verify: this program was built without the RTL; configure with -DBITLOOM_RTL=ON "
        "(needs Verilator 5)");
  });
}

}  // namespace bitloom::cli
