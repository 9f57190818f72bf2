#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace bitloom::testing {

struct ProgramResult {
  int exit_code;  // 128 + signal where one killed it
  std::string out;
  std::string err;
};

enum class StandardOutput { kCaptured, kTerminalOf80Columns, kClosed, kFullDevice };

struct ProgramSetting {
  std::string folder = ".";  // where it is started
  std::map<std::string, std::string> environment;
  StandardOutput output = StandardOutput::kCaptured;
  std::string program = BITLOOM_PROGRAM;
};

/// Runs the built `bitloom` with `arguments`, at most half a minute.
ProgramResult run_bitloom(const std::vector<std::string>& arguments,
                          const ProgramSetting& setting = {});

/// Starts `bitloom` with `arguments` and kills it (SIGKILL) after `time`; whether it had ended by
/// itself, which it must do well.
bool ends_within(const std::vector<std::string>& arguments, std::chrono::milliseconds time);

/// A GoogleTest expectation: the program says `complaint` in one line on standard error and nothing
/// else but the progress of slow steps, and exits with 2.
void expect_refused(const std::vector<std::string>& arguments, const std::string& complaint,
                    const ProgramSetting& setting = {});

/// Lines of `text` that take more than `columns` characters, UTF-8's counted once.
std::vector<std::string> lines_beyond(std::size_t columns, const std::string& text);

}  // namespace bitloom::testing
