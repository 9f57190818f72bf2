#include "cli/learn_program.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>

#include <fmt/format.h>

namespace bitloom::cli {
namespace {

struct LearnCommand {
  const char* name;
  const char* doc;
};
constexpr LearnCommand kCommands[] = {
    {"train", "train a network in single precision"},
    {"calibrate", "set a quantized network's levels from its weights and some images"},
    {"finetune", "train a quantized network on, so that it gets used to its bits"},
    {"evaluate", "accuracy of a trained network, quantized or not"},
};

}  // namespace

bool is_learn_command(std::string_view argument) {
  for (const LearnCommand& command : kCommands)
    if (argument == command.name) return true;
  return false;
}

int start_learn_program(char** argv) {
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  const std::string program = (self.parent_path() / "bitloom-learn").string();
  ::execv(program.c_str(), argv);
  std::cerr << fmt::format(
      "bitloom {}: {} cannot be started: {}; it is built where LibTorch is found (libtorch-dev)\n",
      argv[1], program, std::strerror(errno));
  return 2;
}

void add_learn_commands(CLI::App& program) {
  for (const LearnCommand& command : kCommands) program.add_subcommand(command.name, command.doc);
}

}  // namespace bitloom::cli
