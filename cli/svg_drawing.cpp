#include "cli/svg_drawing.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/output_file.h"
#include "cli/temporary_file.h"

namespace bitloom::cli {
namespace {

/// Runs node with its standard output in a file; its exit status.
int run_node(const std::string& script, const std::string& output) {
  const char* const argv[] = {"node", script.c_str(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), O_WRONLY | O_TRUNC,
                                     0);
  pid_t child = 0;
  const int failure =
      ::posix_spawnp(&child, "node", &actions, nullptr, const_cast<char**>(argv), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0)
    throw UserError(fmt::format(
        "--svg: node cannot be started: {}; install it (Debian's nodejs), or save figures from the "
        "report itself",
        std::strerror(failure)));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

std::map<std::string, std::string> draw_svgs(const std::string& script) {
  const TemporaryFile program(".cjs");
  const TemporaryFile drawn(".json");
  write_file(program.path(), script);
  const int status = run_node(program.path(), drawn.path());
  std::ifstream stream(drawn.path(), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const nlohmann::json drawings = nlohmann::json::parse(text, nullptr, false);
  if (status != 0 || !drawings.is_array())
    throw UserError("--svg: node could not draw the figures; it must be version 14 or later");
  std::map<std::string, std::string> by_id;
  for (const auto& drawing : drawings) by_id[drawing.at("id")] = drawing.at("svg");
  return by_id;
}

}  // namespace bitloom::cli
