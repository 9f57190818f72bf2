#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/help_format.h"
#include "cli/output.h"
#include "cli/usage_error.h"

namespace {

constexpr int kUserError = 2;
constexpr int kInternalError = 3;

int complain(const std::string& message) {
  std::cerr << message << '\n';
  return kUserError;
}

/// Help or the version, on standard output.
void tell(const CLI::App& program, const CLI::Success& asked) {
  std::ostringstream text, errors;
  program.exit(asked, text, errors);
  bitloom::cli::print(text.str());
}

}  // namespace

int main(int argc, char** argv) {
  bitloom::cli::reserve_standard_streams();
  CLI::App program{
      "bitloom: latency and energy of mixed-precision networks on bit-serial accelerators",
      "bitloom"};
  program.formatter(std::make_shared<bitloom::cli::HelpFormat>());
  program.set_version_flag("--version", "bitloom " BITLOOM_VERSION);
  program.require_subcommand(1);
  program.set_help_all_flag("--help-all", "Print this help and that of every command");
  bitloom::cli::add_simulate(program);
  bitloom::cli::add_lut(program);
  bitloom::cli::add_list(program);
  bitloom::cli::add_describe(program);
  int exit_code = 0;
  bitloom::cli::add_verify(program, exit_code);
  try {
    try {
      program.parse(argc, argv);
    } catch (const CLI::Success& asked) {
      tell(program, asked);
    }
    return exit_code;
  } catch (const CLI::ParseError& misuse) {
    return complain(bitloom::cli::usage_error(program, misuse, {argv + 1, argv + argc}));
  } catch (const bitloom::UserError& mistake) {
    return complain(mistake.what());
  } catch (const std::exception& fault) {
    std::cerr << "bitloom: internal error, please report it: " << fault.what() << '\n';
    return kInternalError;
  }
}
