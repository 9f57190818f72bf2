#include "tests/support/run_program.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <regex>
#include <sstream>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

/// Longer is a hang: building a core takes minutes on a busy machine.
constexpr unsigned kMostSeconds = 300;

void redirect(int stream, const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(file, stream);
  ::close(file);
}

[[noreturn]] void become_bitloom(const std::vector<std::string>& arguments,
                                 const ProgramSetting& setting) {
  ::unsetenv("BITLOOM_CONFIGS");
  for (const auto& [name, value] : setting.environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> argv{const_cast<char*>("bitloom")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::alarm(kMostSeconds);
  if (::chdir(setting.folder.c_str()) == 0) ::execv(setting.program.c_str(), argv.data());
  ::_exit(127);
}

int exit_code_of(pid_t program) {
  int status = 0;
  ::waitpid(program, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string read_terminal(int terminal) {
  std::string text;
  char block[4096];
  for (ssize_t n; (n = ::read(terminal, block, sizeof block)) > 0;)
    text.append(block, static_cast<std::size_t>(n));
  ::close(terminal);
  std::erase(text, '\r');
  return text;
}

}  // namespace

ProgramResult run_bitloom(const std::vector<std::string>& arguments,
                          const ProgramSetting& setting) {
  const TemporaryFolder folder;
  const bool on_terminal = setting.output == StandardOutput::kTerminalOf80Columns;
  winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
  int terminal = -1;
  const pid_t program = on_terminal ? ::forkpty(&terminal, nullptr, nullptr, &size) : ::fork();
  if (program == 0) {
    redirect(STDERR_FILENO, folder.file("err"));
    if (setting.output == StandardOutput::kCaptured) redirect(STDOUT_FILENO, folder.file("out"));
    if (setting.output == StandardOutput::kFullDevice) redirect(STDOUT_FILENO, "/dev/full");
    if (setting.output == StandardOutput::kClosed) ::close(STDOUT_FILENO);
    become_bitloom(arguments, setting);
  }
  const std::string shown = on_terminal ? read_terminal(terminal) : "";
  const int exit_code = exit_code_of(program);
  return {exit_code, on_terminal ? shown : contents(folder.file("out")),
          contents(folder.file("err"))};
}

namespace {

/// Without what a machine that is slow enough sees of a step's progress:
/// `calibrate: 200 of 256 (78 %), 1 s left`.
std::string without_progress(const std::string& text) {
  static const std::regex progress(
      "(^|\n)[a-z][^:\n]*: [0-9.]+ of [0-9]+[^\n]* \\([0-9]+ %\\)[^\n]*");
  const std::string rest = std::regex_replace(text, progress, "$1");
  return rest.substr(std::min(rest.find_first_not_of('\n'), rest.size()));
}

}  // namespace

void expect_refused(const std::vector<std::string>& arguments, const std::string& complaint,
                    const ProgramSetting& setting) {
  std::string line;
  for (const std::string& argument : arguments) line += " " + argument.substr(0, 80);
  const ProgramResult result = run_bitloom(arguments, setting);
  EXPECT_EQ(result.exit_code, 2) << line;
  EXPECT_EQ(without_progress(result.err), complaint + "\n") << line;
  EXPECT_EQ(result.out, "") << line;
}

std::vector<std::string> lines_beyond(std::size_t columns, const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    const auto is_first_byte = [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    };
    const auto width = std::count_if(line.begin(), line.end(), is_first_byte);
    if (static_cast<std::size_t>(width) > columns) lines.push_back(line);
  }
  return lines;
}

bool ends_within(const std::vector<std::string>& arguments, std::chrono::milliseconds time) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<char*> argv{const_cast<char*>(BITLOOM_PROGRAM)};
    for (const std::string& each : arguments) argv.push_back(const_cast<char*>(each.c_str()));
    argv.push_back(nullptr);
    (void)!::freopen("/dev/null", "w", stdout);
    (void)!::freopen("/dev/null", "w", stderr);
    ::execv(BITLOOM_PROGRAM, argv.data());
    ::_exit(127);
  }
  const auto end = std::chrono::steady_clock::now() + time;
  int status = 0;
  while (std::chrono::steady_clock::now() < end) {
    if (::waitpid(child, &status, WNOHANG) == child) {
      EXPECT_EQ(status, 0) << "it failed";
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return false;
}

}  // namespace bitloom::testing
