#include "cli/companions.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string_view>

#include <fmt/format.h>

#include "base/processes.h"
#include "cli/completion.h"
#include "pipelines/programs.h"
#include "search/searchers.h"

namespace bitloom::cli {
namespace {

using pipelines::kLearnProgram;
using pipelines::kVerifyProgram;
using pipelines::Program;

struct CompanionCommand {
  const char* name;
  const Program& program;
  const char* doc;
};
constexpr CompanionCommand kCommands[] = {
    {"verify", kVerifyProgram, "run layers on the Verilated RTL and compare values and cycles"},
    {"train", kLearnProgram, "train a network in single precision"},
    {"calibrate", kLearnProgram,
     "set a quantized network's levels from its weights and some images"},
    {"finetune", kLearnProgram, "train a quantized network on, so that it gets used to its bits"},
    {"evaluate", kLearnProgram, "accuracy of a trained network, quantized or not"},
    {"record", kLearnProgram,
     "the integers that a quantized network's layers read and multiply on images"},
    {"sensitivity", kLearnProgram, "how much the loss minds each layer's bits"},
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

/// Whether mpirun or srun started this process, as one of several, by what they set: Open MPI,
/// MPICH and Slurm with PMI-2, Slurm with PMIx.
bool is_one_of_many_ranks() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"})
    if (const char* size = std::getenv(name)) return std::string_view(size) != "1";
  const char* tasks = std::getenv("SLURM_STEP_NUM_TASKS");
  return std::getenv("PMIX_RANK") && tasks && std::string_view(tasks) != "1";
}

/// The program that runs the command, or null where this one does.
const Program* program_for(int argc, char** argv) {
  if (argc < 2) return nullptr;
  const std::string_view command = argv[1];
  const bool lists_quantizers =
      command == "list" && argc > 2 && std::string_view(argv[2]) == "quantizers";
  if (lists_quantizers || (command == "search" && is_measured_search(argc, argv)))
    return &kLearnProgram;
  if (command == "explore" && is_one_of_many_ranks()) return &pipelines::kMpiProgram;
  for (const CompanionCommand& each : kCommands)
    if (each.name == command) return &each.program;
  return nullptr;
}

}  // namespace

std::optional<int> run_companion(int argc, char** argv) {
  // The program that has a command completes what follows it.
  const bool completes = argc > 3 && argv[1] == kCompleteCommand;
  const Program* program = completes ? program_for(argc - 1, argv + 1) : program_for(argc, argv);
  if (program == nullptr) return std::nullopt;
  const std::string path = pipelines::path_of(*program);
  become_program(path, argv);
  std::cerr << fmt::format("bitloom {}: {} cannot be started: {}; it is built {}\n", argv[1], path,
                           std::strerror(errno), program->needs);
  return 2;
}

void add_companion_commands(CLI::App& program) {
  for (const CompanionCommand& each : kCommands) program.add_subcommand(each.name, each.doc);
}

}  // namespace bitloom::cli
