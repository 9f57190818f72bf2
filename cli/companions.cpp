#include "cli/companions.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "search/searchers.h"

namespace bitloom::cli {
namespace {

struct Program {
  const char* name;
  const char* needs;  // where it is built
};
constexpr Program kLearn{"bitloom-learn", "where LibTorch is found (libtorch-dev)"};
constexpr Program kVerify{"bitloom-verify", "where Verilator 5 is found (verilator)"};

struct CompanionCommand {
  const char* name;
  const Program& program;
  const char* doc;
};
constexpr CompanionCommand kCommands[] = {
    {"verify", kVerify, "run layers on the Verilated RTL and compare values and cycles"},
    {"train", kLearn, "train a network in single precision"},
    {"calibrate", kLearn, "set a quantized network's levels from its weights and some images"},
    {"finetune", kLearn, "train a quantized network on, so that it gets used to its bits"},
    {"evaluate", kLearn, "accuracy of a trained network, quantized or not"},
    {"sensitivity", kLearn, "how much the loss minds each layer's bits"},
};

/// Whether a search measures accuracy: by its method, or since it is given weights.
bool is_measured_search(int argc, char** argv) {
  constexpr std::string_view kMethod = "--method", kWeights = "--weights";
  for (int i = 2; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.substr(0, kWeights.size()) == kWeights) return true;
    std::string_view method;
    if (argument == kMethod && i + 1 < argc) method = argv[i + 1];
    if (argument.substr(0, kMethod.size() + 1) == "--method=")
      method = argument.substr(kMethod.size() + 1);
    if (search::searcher_kind(method)) return true;
  }
  return false;
}

std::string path_of(const Program& program) {
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  return (self.parent_path() / program.name).string();
}

std::string cannot_start(const Program& program) {
  return fmt::format("{} cannot be started: {}; it is built {}", path_of(program),
                     std::strerror(errno), program.needs);
}

/// The program that runs the command, or null where this one does.
const Program* program_for(int argc, char** argv) {
  if (argc < 2) return nullptr;
  const std::string_view command = argv[1];
  const bool lists_quantizers =
      command == "list" && argc > 2 && std::string_view(argv[2]) == "quantizers";
  if (lists_quantizers || (command == "search" && is_measured_search(argc, argv))) return &kLearn;
  for (const CompanionCommand& each : kCommands)
    if (each.name == command) return &each.program;
  return nullptr;
}

}  // namespace

std::optional<int> run_companion(int argc, char** argv) {
  const Program* program = program_for(argc, argv);
  if (program == nullptr) return std::nullopt;
  ::execv(path_of(*program).c_str(), argv);
  std::cerr << fmt::format("bitloom {}: {}\n", argv[1], cannot_start(*program));
  return 2;
}

void run_learn_program(const std::vector<std::string>& arguments) {
  const std::string program = path_of(kLearn);
  std::vector<char*> argv{const_cast<char*>("bitloom")};
  for (const std::string& each : arguments) argv.push_back(const_cast<char*>(each.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  errno = ::posix_spawn(&child, program.c_str(), nullptr, nullptr, argv.data(), environ);
  if (errno != 0) throw UserError(cannot_start(kLearn));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) throw UserError(fmt::format("bitloom {} failed", arguments.front()));
}

void add_companion_commands(CLI::App& program) {
  for (const CompanionCommand& each : kCommands) program.add_subcommand(each.name, each.doc);
}

}  // namespace bitloom::cli
