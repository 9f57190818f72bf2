#include "base/processes.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom {
namespace {

/// Where a new process's streams go.
class FileActions {
 public:
  explicit FileActions(const std::optional<OutputToFile>& output) {
    ::posix_spawn_file_actions_init(&actions_);
    if (!output) return;
    constexpr mode_t kMode = 0666;
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, output->path.c_str(),
                                       O_WRONLY | O_CREAT | O_TRUNC, kMode);
    if (output->errors_too)
      ::posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
  }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

}  // namespace

ProcessEnd wait_for_end(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    ensure(errno == EINTR, "only a child that has not been waited for is waited for");
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

bool is_running(pid_t process) { return ::kill(process, 0) == 0 || errno != ESRCH; }

ProcessEnd run_program(const std::vector<std::string>& arguments,
                       const std::optional<OutputToFile>& output) {
  ensure(!arguments.empty(), "a program that is run has a name");
  std::vector<char*> argv;
  for (const std::string& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));  // which exec does not change
  argv.push_back(nullptr);
  const FileActions actions(output);
  pid_t child = 0;
  const int failure =
      ::posix_spawnp(&child, argv.front(), actions.get(), nullptr, argv.data(), environ);
  if (failure != 0)
    throw UserError(
        fmt::format("{} cannot be started: {}", arguments.front(), std::strerror(failure)),
        UserError::Kind::kResource);
  return wait_for_end(child);
}

std::string shell_word(const std::string& text) {
  const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_-./=+,:@%").find(c) != std::string_view::npos;
  });
  if (is_plain) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

void become_program(const std::string& path, char** argv) { ::execv(path.c_str(), argv); }

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw UserError(fmt::format("no pipe to another process: {}", std::strerror(errno)),
                    UserError::Kind::kResource);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

bool read_all(const Descriptor& from, void* into, std::size_t bytes) {
  for (auto* at = static_cast<char*>(into); bytes > 0;) {
    const ssize_t got = ::read(from.number(), at, bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(const Descriptor& to, const void* from, std::size_t bytes) {
  for (auto* at = static_cast<const char*>(from); bytes > 0;) {
    const ssize_t put = ::write(to.number(), at, bytes);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    at += put;
    bytes -= static_cast<std::size_t>(put);
  }
  return true;
}

}  // namespace bitloom
