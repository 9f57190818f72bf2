#include "cli/learn_program.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "search/policy/searcher.h"

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
    {"sensitivity", "how much the loss minds each layer's bits"},
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
    if (method == search::kHaq) return true;
    for (const search::SearcherKind& kind : search::searcher_kinds())
      if (method == kind.name) return true;
  }
  return false;
}

std::string learn_program() {
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  return (self.parent_path() / "bitloom-learn").string();
}

std::string cannot_start(const std::string& program) {
  return fmt::format("{} cannot be started: {}; it is built where LibTorch is found (libtorch-dev)",
                     program, std::strerror(errno));
}

}  // namespace

bool is_for_learn_program(int argc, char** argv) {
  if (argc < 2) return false;
  const std::string_view command = argv[1];
  if (command == "list") return argc > 2 && std::string_view(argv[2]) == "quantizers";
  if (command == "search") return is_measured_search(argc, argv);
  return std::any_of(std::begin(kCommands), std::end(kCommands),
                     [&](const LearnCommand& each) { return each.name == command; });
}

int start_learn_program(char** argv) {
  const std::string program = learn_program();
  ::execv(program.c_str(), argv);
  std::cerr << fmt::format("bitloom {}: {}\n", argv[1], cannot_start(program));
  return 2;
}

void run_learn_program(const std::vector<std::string>& arguments) {
  const std::string program = learn_program();
  std::vector<char*> argv{const_cast<char*>("bitloom")};
  for (const std::string& each : arguments) argv.push_back(const_cast<char*>(each.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  errno = ::posix_spawn(&child, program.c_str(), nullptr, nullptr, argv.data(), environ);
  if (errno != 0) throw UserError(cannot_start(program));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) throw UserError(fmt::format("bitloom {} failed", arguments.front()));
}

void add_learn_commands(CLI::App& program) {
  for (const LearnCommand& command : kCommands) program.add_subcommand(command.name, command.doc);
}

}  // namespace bitloom::cli
