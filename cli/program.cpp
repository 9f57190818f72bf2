#include "cli/program.h"

#include <iostream>
#include <new>
#include <sstream>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/completion.h"
#include "cli/examples.h"
#include "cli/help_format.h"
#include "cli/output.h"
#include "cli/usage_error.h"

namespace bitloom::cli {
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
  print(text.str());
}

bool asks_for_help(const CLI::App& command) {
  if (command.get_help_ptr()->count() > 0) return true;
  const auto chosen = command.get_subcommands();
  return !chosen.empty() && asks_for_help(*chosen.front());
}

}  // namespace

void set_up_program(CLI::App& program) {
  program.formatter(std::make_shared<HelpFormat>());
  program.set_version_flag("--version", "bitloom " BITLOOM_VERSION);
  program.require_subcommand(1);
  program.set_help_all_flag("--help-all", "Print this help and that of every command");
}

int run_program(CLI::App& program, const int& exit_code, int argc, char** argv) {
  reserve_standard_streams();
  try {
    if (argc > 1 && argv[1] == kCompleteCommand) {
      print(completions(program, {argv + 2, argv + argc}));
      return 0;
    }
    add_examples(program);
    try {
      program.parse(argc, argv);
    } catch (const CLI::Success& asked) {
      tell(program, asked);
    } catch (const UserError&) {  // of a value, which is read before --help is
      if (!asks_for_help(program)) throw;
      tell(program, CLI::CallForHelp());
    }
    return exit_code;
  } catch (const CLI::ParseError& misuse) {
    return complain(usage_error(program, misuse, {argv + 1, argv + argc}));
  } catch (const UserError& mistake) {
    return complain(mistake.what());
  } catch (const std::bad_alloc&) {
    return complain(
        "the computer's memory does not suffice: fewer images at once (--batch, --images), fewer "
        "layers or a smaller input take less");
  } catch (const std::exception& fault) {
    std::cerr << "bitloom: internal error, please report it: " << fault.what() << '\n';
    return kInternalError;
  }
}

}  // namespace bitloom::cli
